package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.SimulatedCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Turns without tools. */
@ParameterizedClass
@EnumSource(Way.class)
final class PlainTurnTest {
    @RegisterExtension
    final Stage stage = new Stage();

    PlainTurnTest(Way way) {
        stage.settings.way = way;
    }

    @Test
    void aPlainTurnShowsEachPieceTheMomentItArrivesTheWholeTextOnceAndOneResult() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        talk.awaitBrief("thinking");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        call.textPiece("").textPiece("lo");
        talk.awaitBrief("+lo");
        call.textStop().end("end_turn");
        talk.await("agent_result");
        assertThat(talk.briefs())
                .containsExactly("created", "thinking", "thought", "+Hel", "+lo", "=Hello", "result end_turn");
    }

    @Test
    void anAnswerWithoutTextIsOneEmptyMessage() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call().start().end("end_turn");
        assertThat(talk.turn()).containsExactly("created", "thinking", "thought", "=", "result end_turn");
    }

    @Test
    void thinkingIsShownInPiecesAndEndsBeforeTheText() {
        Talk talk = stage.client("ann").create("{\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"}}");
        talk.prompt("hi");
        stage.call().start().thinking("a b c", "sig").text("ok").end("end_turn");
        assertThat(String.join("|", talk.turn()))
                .matches("created\\|thinking\\|(thinks [^|]+\\|)+thought\\|\\+ok\\|=ok\\|result end_turn");
    }

    @Test
    void withoutPartialMessagesOnlyWholeTextsAreShown() {
        Talk talk = stage.client("ann").create("{\"include_partial_messages\":false}");
        talk.prompt("hi");
        stage.call().start().text("a", "b").end("end_turn");
        assertThat(talk.turn()).containsExactly("created", "thinking", "thought", "=ab", "result end_turn");
    }

    @ParameterizedTest
    @ValueSource(strings = {"end_turn", "max_tokens", "stop_sequence", "model_context_window_exceeded"})
    void whateverStopsTheModelTheTurnEndsWithItAndTheNextPromptWorks(String reason) {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call().start().text("some").end(reason);
        assertThat(talk.turn()).endsWith("=some", "result " + reason);
        talk.prompt("more");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).containsExactly("thinking", "thought", "+ok", "=ok", "result end_turn");
    }

    @Test
    void aRefusedExchangeDoesNotGoBackToTheModel() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("something bad");
        stage.call().start().text("I").refuse("cyber");
        assertThat(talk.turn()).endsWith("=I", "result refusal");
        talk.prompt("something good");
        SimulatedCall next = stage.call();
        assertThat(next.body().path("messages").toString())
                .doesNotContain("something bad")
                .contains("something good");
        next.start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("=ok", "result end_turn");
    }

    @Test
    void aPausedTurnGoesOnByItself() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call()
                .start()
                .event(
                        "content_block_start",
                        "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"server_tool_use\","
                                + "\"id\":\"srvtoolu_1\",\"name\":\"web_search\",\"input\":{}}}")
                .event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}")
                .end("pause_turn");
        SimulatedCall next = stage.call();
        assertThat(next.body().path("messages")).hasSize(2);
        next.start().text("second").end("end_turn");
        assertThat(talk.turn())
                .containsExactly(
                        "created",
                        "thinking",
                        "thought",
                        "uses WebSearch {}",
                        "+second",
                        "=second",
                        "fails It was not finished.",
                        "result end_turn");
    }

    @Test
    void promptsToABusySessionWaitInOrderAndTheNinthIsToldSo() {
        Client ann = stage.client("ann");
        Talk talk = ann.create("{}");
        talk.prompt("p0", "p0");
        SimulatedCall first = stage.call().start().textStart().textPiece("a0");
        for (int i = 1; i <= 9; i++) {
            talk.prompt("p" + i, "p" + i);
        }
        Frame busy = talk.await("error");
        assertThat(busy.at("code")).isEqualTo("session_busy");
        assertThat(busy.at("request_type")).isEqualTo("send_prompt");
        assertThat(busy.json().path("retryable").asBoolean()).isTrue();
        ann.send("{\"type\":\"list_sessions\"}");
        assertThat(ann.await("sessions_list")
                        .json()
                        .at("/sessions/0/queue_length")
                        .asInt())
                .isEqualTo(8);
        first.textStop().end("end_turn");
        for (int i = 1; i <= 8; i++) {
            SimulatedCall call = stage.call();
            assertThat(call.body().path("messages")).hasSize(2 * i + 1);
            assertThat(call.body().path("messages").path(2 * i).toString()).contains("\"p" + i + "\"");
            call.start().text("a" + i).end("end_turn");
        }
        for (int i = 0; i <= 8; i++) {
            assertThat(talk.await("agent_result").at("prompt_id")).isEqualTo("p" + i);
        }
    }

    @Test
    void aModelWithoutAPriceCostsNullAndNotNothing() {
        Talk talk = stage.client("ann").create("{\"model\":\"claude-unheard-of-1\"}");
        talk.prompt("hi");
        stage.call().start().text("ok").end("end_turn");
        Frame result = talk.await("agent_result");
        assertThat(result.json().get("cost_usd").isNull()).isTrue();
        assertThat(result.json().get("total_cost_usd").isNull()).isTrue();
        assertThat(result.json().at("/usage/output_tokens").asInt()).isPositive();
    }

    @Test
    void theOptionsOfASessionReachTheModel() {
        Talk talk = stage.client("ann")
                .create(
                        "{\"system_prompt\":\"Be brief.\",\"max_tokens\":77,\"model\":\"claude-haiku-4-5\",\"temperature\":0.5,"
                                + "\"tools\":[\"Read\",\"Search\"],\"conversation_history\":[{\"role\":\"user\",\"content\":"
                                + "\"before\"},{\"role\":\"assistant\",\"content\":\"then\"}]}");
        talk.prompt("now");
        SimulatedCall call = stage.call();
        assertThat(call.body().path("system").toString()).contains("Be brief.");
        assertThat(call.body().path("max_tokens").asInt()).isEqualTo(77);
        assertThat(call.body().path("model").asText()).isEqualTo("claude-haiku-4-5");
        assertThat(call.body().path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(call.body().path("tools").findValuesAsText("name")).containsExactly("Read", "Glob", "Grep");
        assertThat(call.body().path("messages").findValuesAsText("text")).containsExactly("before", "then", "now");
        call.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }
}
