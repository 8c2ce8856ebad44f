package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.SimulatedCall;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Turns with tools and questions. */
@ParameterizedClass
@EnumSource(Way.class)
final class ToolTurnTest {
    private static final String ECHO = "{\"command\":\"expr one\"}";

    @RegisterExtension
    final Stage stage = new Stage();

    ToolTurnTest(Way way) {
        stage.settings.way = way;
    }

    @Test
    void aToolThatOnlyLooksRunsWithoutAQuestion() throws IOException {
        Files.writeString(stage.directory().resolve("a.txt"), "content of a");
        String input = "{\"file_path\":\"" + stage.directory().resolve("a.txt") + "\"}";
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("read it");
        stage.call()
                .start()
                .text("Let me look.")
                .toolUse("t1", "Read", input, 3)
                .end("tool_use");
        SimulatedCall second = stage.call();
        assertThat(result(second, 0).path("content").asText()).contains("content of a");
        second.start().text("Done.").end("end_turn");
        assertThat(talk.turn())
                .startsWith("created", "thinking", "thought", "+Let me look.", "=Let me look.", "uses Read " + input)
                .noneMatch(brief -> brief.startsWith("asks"))
                .endsWith("+Done.", "=Done.", "result end_turn");
        assertThat(messageIds(talk)).hasSize(2);
    }

    private static Set<String> messageIds(Talk talk) {
        return talk.frames().stream()
                .filter(frame -> frame.type().equals("agent_message"))
                .map(frame -> frame.at("message_id"))
                .collect(Collectors.toSet());
    }

    /** The n-th block of the request's last message. */
    private static JsonNode result(SimulatedCall call, int index) {
        JsonNode messages = call.body().path("messages");
        return messages.path(messages.size() - 1).path("content").path(index);
    }

    @ParameterizedTest
    @ValueSource(strings = {"request_id", "permission_id"})
    void anApprovedCommandShowsItsOutputLiveAndItsResult(String name) {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("run it");
        stage.call().start().text("I run it.").toolUse("t1", "Bash", ECHO, 2).end("tool_use");
        Frame question = talk.await("permission_request");
        assertThat(question.at("request_id")).isNotEmpty().isEqualTo(question.at("permission_id"));
        assertThat(question.at("description")).isEqualTo("Run the command: expr one");
        ann.send("{\"type\":\"permission_response\",\"session_id\":\"" + talk.id() + "\",\"" + name + "\":\""
                + question.at("request_id") + "\",\"approved\":true}");
        SimulatedCall second = stage.call();
        assertThat(result(second, 0).path("content").asText()).isEqualTo("one");
        second.start().text("Done.").end("end_turn");
        talk.await("agent_result");
        assertThat(talk.briefs())
                .containsExactly(
                        "created",
                        "thinking",
                        "thought",
                        "+I run it.",
                        "=I run it.",
                        "uses Bash " + ECHO,
                        "asks Bash " + ECHO,
                        "approved executing",
                        "prints one\n",
                        "gives one",
                        "+Done.",
                        "=Done.",
                        "result end_turn");
    }

    @Test
    void theQuestionAndTheResultOfAWriteShowWhatItChanges() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("write it");
        String input = "{\"file_path\":\"new.txt\",\"content\":\"one\\n\"}";
        stage.call().start().toolUse("t1", "Write", input, 1).end("tool_use");
        Frame question = talk.await("permission_request");
        JsonNode details = question.json().path("details");
        assertThat(details.path("content").asText()).isEqualTo("one\n");
        assertThat(details.path("diff").path("type").asText()).isEqualTo("create");
        assertThat(details.path("diff").at("/structuredPatch/0/lines/0").asText())
                .isEqualTo("+one");
        assertThat(question.json().path("parameters")).isEqualTo(Frame.parse(input));
        talk.answer(question, true, "");
        Frame result = talk.await("agent_tool_result");
        assertThat(result.json().path("details")).isEqualTo(details.path("diff"));
        stage.call().start().text("Done.").end("end_turn");
        talk.await("agent_result");
    }

    @Test
    void aRefusalWithAReasonIsToldToTheModelAndTheTurnGoesOn() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("run it");
        stage.call().start().toolUse("t1", "Bash", ECHO, 1).end("tool_use");
        talk.answer(talk.await("permission_request"), false, "use the other one");
        SimulatedCall second = stage.call();
        assertThat(result(second, 0).path("is_error").asBoolean()).isTrue();
        assertThat(result(second, 0).path("content").asText()).contains("use the other one");
        second.start().text("Fine.").end("end_turn");
        talk.await("agent_result");
        assertThat(talk.briefs())
                .contains("not approved denied")
                .noneMatch(brief -> brief.startsWith("prints"))
                .endsWith("+Fine.", "=Fine.", "result end_turn");
    }

    @Test
    void aQuestionThatNobodyAnswersExpiresAndTheTurnGoesOn() {
        stage.settings.permissionTimeout = Duration.ofMillis(300);
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("run it");
        Instant asked = Instant.now();
        stage.call().start().toolUse("t1", "Bash", ECHO, 1).end("tool_use");
        Frame question = talk.await("permission_request");
        assertThat(Instant.parse(question.at("expires_at"))).isBetween(asked.plusMillis(299), asked.plusSeconds(10));
        Frame settled = talk.await("permission_acknowledged");
        assertThat(Instant.now())
                .isAfterOrEqualTo(Instant.parse(question.at("expires_at")).minusMillis(2));
        assertThat(settled.brief()).isEqualTo("not approved timeout");
        assertThat(settled.at("request_id")).isEqualTo(question.at("request_id"));
        SimulatedCall second = stage.call();
        assertThat(result(second, 0).path("content").asText()).contains("Nobody answered");
        talk.answer(question, true, "");
        assertThat(talk.await("error").at("code")).isEqualTo("permission_not_found");
        second.start().text("Then not.").end("end_turn");
        assertThat(talk.turn()).endsWith("=Then not.", "result end_turn");
    }

    @Test
    void twoQuestionsMayBeAnsweredInReverseOrderAndResultsKeepTheOrderOfTheCalls() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("run both");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .toolUse("t2", "Bash", "{\"command\":\"expr two\"}", 1)
                .end("tool_use");
        Frame first = talk.await("permission_request");
        Frame second = talk.await("permission_request");
        assertThat(first.at("tool_use_id")).isEqualTo("t1");
        assertThat(second.at("tool_use_id")).isEqualTo("t2");
        talk.answer(second, true, "");
        assertThat(talk.await("permission_acknowledged").at("request_id")).isEqualTo(second.at("request_id"));
        talk.answer(first, true, "");
        assertThat(talk.await("permission_acknowledged").at("request_id")).isEqualTo(first.at("request_id"));
        SimulatedCall next = stage.call();
        assertThat(result(next, 0).path("tool_use_id").asText()).isEqualTo("t1");
        assertThat(result(next, 0).path("content").asText()).isEqualTo("one");
        assertThat(result(next, 1).path("tool_use_id").asText()).isEqualTo("t2");
        assertThat(result(next, 1).path("content").asText()).isEqualTo("two");
        next.start().text("Both.").end("end_turn");
        talk.await("agent_result");
        assertThat(talk.briefs())
                .endsWith(
                        "prints one\n",
                        "gives one",
                        "prints two\n",
                        "gives two",
                        "+Both.",
                        "=Both.",
                        "result end_turn");
    }

    @Test
    void anUnknownToolOfTheModelIsAnsweredWithAnErrorAndTheTurnGoesOn() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("fly");
        stage.call().start().toolUse("t1", "Fly", "{}", 1).end("tool_use");
        SimulatedCall next = stage.call();
        assertThat(result(next, 0).path("is_error").asBoolean()).isTrue();
        next.start().text("No.").end("end_turn");
        assertThat(talk.turn()).contains("uses Fly {}").endsWith("=No.", "result end_turn");
    }

    @Test
    void aTurnThatEndsWithAnEmptyMessageAfterToolsIsAskedOnceMoreAndThenEndsWithOneEmptyMessage() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("run it");
        stage.call().start().toolUse("t1", "Bash", ECHO, 1).end("tool_use");
        stage.call().start().end("end_turn");
        stage.call().start().end("end_turn");
        assertThat(talk.turn()).endsWith("gives one", "=", "result end_turn");
        talk.prompt("more");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("=ok", "result end_turn");
    }

    @Test
    void thinkingGoesBackWithItsSignatureInTheSameTurn() {
        Talk talk = stage.client("ann")
                .create(
                        "{\"permission_mode\":\"allow-all\",\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"}}");
        talk.prompt("run it");
        stage.call()
                .start()
                .thinking("let me see", "c2ln")
                .toolUse("t1", "Bash", ECHO, 1)
                .end("tool_use");
        SimulatedCall next = stage.call();
        assertThat(next.body().path("messages").path(1).path("content").path(0).toString())
                .isEqualTo("{\"type\":\"thinking\",\"thinking\":\"let me see\",\"signature\":\"c2ln\"}");
        next.start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("=ok", "result end_turn");
    }

    @Test
    void theTurnLimitEndsTheTurnAndTheNextPromptWorks() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\",\"max_turns\":1}");
        talk.prompt("run it");
        stage.call().start().toolUse("t1", "Bash", ECHO, 1).end("tool_use");
        Frame result = talk.await("agent_result");
        assertThat(result.at("stop_reason")).isEqualTo("max_turns");
        assertThat(result.json().path("is_error").asBoolean()).isTrue();
        talk.prompt("more");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("=ok", "result end_turn");
    }

    @Test
    void liveOutputWaitsForAClientThatDoesNotReadAndIsCompleteInTheEnd() {
        Client ann = stage.client("ann", 4096);
        Talk talk = ann.create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("count");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"seq 1 60000\"}", 1)
                .end("tool_use");
        talk.await("agent_tool_output");
        ann.pause();
        Client other = stage.client("other");
        for (int i = 0; i < 20; i++) {
            other.send("{\"type\":\"ping\",\"timestamp\":" + i + "}").await("pong");
        }
        assertThat(stage.waitingCalls()).as("the command waits").isZero();
        ann.resume();
        stage.call().start().text("ok").end("end_turn");
        talk.await("agent_result");
        String printed = talk.frames().stream()
                .filter(frame -> frame.type().equals("agent_tool_output"))
                .map(frame -> frame.at("content"))
                .collect(Collectors.joining());
        assertThat(printed.lines()).hasSize(60_000);
        assertThat(printed).startsWith("1\n2\n").endsWith("59999\n60000\n");
    }
}
