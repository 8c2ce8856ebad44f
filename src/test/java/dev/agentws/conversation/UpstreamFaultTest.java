package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.SimulatedCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the model's side does, the turn ends as it should and the next prompt works. */
@ParameterizedClass
@EnumSource(Way.class)
final class UpstreamFaultTest {
    private static final Map<String, String> SOON = Map.of("retry-after-ms", "5");

    @RegisterExtension
    final Stage stage = new Stage();

    UpstreamFaultTest(Way way) {
        stage.settings.way = way;
    }

    @Test
    void aRefusedPromptIsGoneFromTheNextRequest() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("poison", "p-1");
        SimulatedCall call = stage.call();
        call.status(400, "invalid_request_error", "messages: no poison", Map.of());
        Frame error = assertThatTheTurnFails(talk);
        assertThat(error.at("message")).contains("no poison");
        assertThat(error.json().path("retryable").asBoolean()).isFalse();
        assertThat(error.json().at("/details/status").asInt()).isEqualTo(400);
        assertThat(error.json().at("/details/request_id").asText()).isEqualTo(call.requestId());
        SimulatedCall next = assertThatTheNextPromptWorks(talk);
        assertThat(next.body().path("messages").toString()).doesNotContain("poison");
        assertThat(next.body().path("messages")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "401, authentication_error, authentication, false",
        "403, permission_error, permission, false",
        "404, not_found_error, not_found, false",
        "413, request_too_large, too_large, false",
    })
    void aRefusalIsNotTriedAgain(int status, String type, String kind, boolean retryable) {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call();
        call.status(status, type, "No.", Map.of());
        Frame error = assertThatTheTurnFails(talk);
        assertThat(error.json().path("retryable").asBoolean()).isEqualTo(retryable);
        assertThat(error.json().path("details").toString())
                .isEqualTo("{\"kind\":\"" + kind + "\",\"status\":" + status + ",\"type\":\"" + type
                        + "\",\"request_id\":\"" + call.requestId() + "\"}");
        assertThatTheNextPromptWorks(talk);
    }

    @Test
    void theWaitThatTheModelAsksForIsKept() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call();
        long asked = System.nanoTime();
        call.status(429, "rate_limit_error", "Slow down.", Map.of("retry-after", "1"));
        SimulatedCall again = stage.call();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThanOrEqualTo(Duration.ofMillis(990));
        again.start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("+ok", "=ok", "result end_turn").noneMatch(brief -> brief.startsWith("error"));
    }

    @Test
    void anOverloadedModelIsTriedAgainWithoutAWordToTheClient() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        for (int i = 0; i < stage.settings.maxRetries; i++) {
            stage.call().status(529, "overloaded_error", "Overloaded", SOON);
        }
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).containsExactly("created", "thinking", "thought", "+ok", "=ok", "result end_turn");
    }

    @Test
    void aModelThatStaysOverloadedFailsTheTurn() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        for (int i = 0; i <= stage.settings.maxRetries; i++) {
            stage.call().status(529, "overloaded_error", "Overloaded", SOON);
        }
        Frame error = assertThatTheTurnFails(talk);
        assertThat(error.json().path("retryable").asBoolean()).isTrue();
        assertThat(error.json().at("/details/type").asText()).isEqualTo("overloaded_error");
        assertThatTheNextPromptWorks(talk);
    }

    @Test
    void anErrorInTheMiddleOfTheStreamClosesThePartialText() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        call.event("error", "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}")
                .finish();
        Frame error = assertThatTheTurnFails(talk);
        assertThat(error.json().at("/details/request_id").asText()).isEqualTo(call.requestId());
        assertThat(talk.briefs()).endsWith("+Hel", "=Hel", "thought", "error upstream_error", "result error");
        assertThatTheNextPromptWorks(talk);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "halfClose", "finish"})
    void aStreamThatBreaksOffClosesThePartialText(String how) {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        switch (how) {
            case "cut" -> call.cut();
            case "halfClose" -> call.halfClose();
            default -> call.finish();
        }
        assertThatTheTurnFails(talk);
        assertThat(talk.briefs()).endsWith("+Hel", "=Hel", "thought", "error upstream_error", "result error");
        SimulatedCall next = assertThatTheNextPromptWorks(talk);
        assertThat(next.body().path("messages").path(1).toString()).contains("\"Hel\"");
    }

    @Test
    void aStreamThatBreaksOffInAToolCallDoesNotRunIt() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("hi");
        SimulatedCall call =
                stage.call().start().text("I run it.").toolUse("t1", "Bash", "{\"command\":\"touch ran\"}", 1);
        talk.awaitBrief("uses Bash");
        call.cut();
        assertThatTheTurnFails(talk);
        assertThat(talk.briefs()).noneMatch(brief -> brief.startsWith("gives"));
        assertThat(stage.directory().resolve("ran")).doesNotExist();
        assertThatTheNextPromptWorks(talk);
    }

    @Test
    void aConnectionThatIsCutBeforeTheAnswerIsTriedAgain() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call().cut();
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("+ok", "=ok", "result end_turn");
        talk.prompt("on the kept connection");
        stage.call().cut();
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("+ok", "=ok", "result end_turn");
    }

    @Test
    void aConnectionThatIsAlwaysCutBeforeTheAnswerFailsTheTurn() {
        stage.settings.maxRetries = 0;
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call().cut();
        Frame error = assertThatTheTurnFails(talk);
        assertThat(error.json().at("/details/kind").asText()).isEqualTo("connection");
        assertThatTheNextPromptWorks(talk);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"ty\n\n",
                "event: content_block_delta\ndata: [1,2]\n\n",
                "event: content_block_delta\ndata: <html>\n\n",
                "event: message_delta\ndata: \u0001\u0002\n\n"
            })
    void aGarbledEventFailsTheTurn(String garbage) {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        call.raw(garbage.getBytes(StandardCharsets.UTF_8));
        assertThatTheTurnFails(talk);
        assertThat(talk.briefs()).contains("=Hel");
        stage.until("the garbled stream is given up", () -> stage.stats().active() == 0);
        assertThatTheNextPromptWorks(talk);
    }

    @Test
    void aWebPageInPlaceOfAnAnswerFailsTheTurn() {
        stage.settings.maxRetries = 0;
        // What stands in the way here speaks HTTP/1.1 only.
        stage.settings.way = Way.HTTP_1;
        try (Detour detour = new Detour(stage.simulatorUrl())) {
            stage.settings.upstream = detour.url();
            detour.answer("HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nrequest-id: r-502\r\n"
                    + "content-length: 37\r\nconnection: close\r\n\r\n<html><h1>502 Bad Gateway</h1></html>");
            Talk talk = stage.client("ann").create("{}");
            talk.prompt("hi");
            Frame error = assertThatTheTurnFails(talk);
            assertThat(error.json().at("/details/status").asInt()).isEqualTo(502);
            assertThat(error.json().at("/details/request_id").asText()).isEqualTo("r-502");
            assertThat(error.json().path("retryable").asBoolean()).isTrue();
            detour.answer("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 15\r\n\r\n<html>Log in...");
            talk.prompt("hi");
            assertThatTheTurnFails(talk);
            assertThatTheNextPromptWorks(talk);
        }
    }

    @Test
    void anUnreachableModelFailsTheTurn() {
        stage.settings.maxRetries = 0;
        stage.settings.way = Way.HTTP_1;
        Detour detour = new Detour(stage.simulatorUrl());
        stage.settings.upstream = detour.url();
        detour.close();
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        Frame error = assertThatTheTurnFails(talk);
        assertThat(error.json().at("/details/kind").asText()).isEqualTo("connection");
        talk.prompt("hi");
        assertThatTheTurnFails(talk);
    }

    @Test
    void aFaultInTheSecondCallOfATurnKeepsWhatCameBefore() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("hi");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        stage.call().start().textStart().textPiece("Hel").cut();
        assertThatTheTurnFails(talk);
        JsonNode sent = assertThatTheNextPromptWorks(talk).body().path("messages");
        assertThat(sent.toString()).contains("\"t1\"", "one");
    }

    /** Thinking has ended, one error, one result, in this order and last; returns the error. */
    private static Frame assertThatTheTurnFails(Talk talk) {
        List<String> turn = talk.turn();
        assertThat(turn).endsWith("thought", "error upstream_error", "result error");
        assertThat(turn.stream().filter(brief -> brief.startsWith("error"))).hasSize(1);
        List<Frame> frames = talk.frames();
        Frame result = frames.get(frames.size() - 1);
        assertThat(result.json().path("is_error").asBoolean()).isTrue();
        Frame error = frames.get(frames.size() - 2);
        assertThat(result.at("error")).isEqualTo(error.at("message")).isNotBlank();
        assertThat(error.at("request_type")).isEqualTo("send_prompt");
        return error;
    }

    /** The simulator has checked the request by the time it hands it on. */
    private SimulatedCall assertThatTheNextPromptWorks(Talk talk) {
        talk.prompt("next");
        SimulatedCall call = stage.call();
        call.start().text("ok").end("end_turn");
        assertThat(talk.turn()).containsExactly("thinking", "thought", "+ok", "=ok", "result end_turn");
        return call;
    }
}
