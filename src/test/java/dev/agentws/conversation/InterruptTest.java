package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.SimulatedCall;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a turn is doing, an interrupt ends it within a second, and the next prompt works. */
@ParameterizedClass
@EnumSource(Way.class)
final class InterruptTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    final Stage stage = new Stage();

    InterruptTest(Way way) {
        stage.settings.way = way;
    }

    @Test
    void beforeTheFirstByteOfTheModel() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        SimulatedCall call = stage.call();
        talk.interrupt();
        stage.within(SECOND, "the model's connection is gone", call.closed()::isDone);
        assertThat(talk.turn()).containsExactly("created", "thinking", "thought", "result interrupted");
        assertThat(talk.await("session_interrupted").at("status")).isEqualTo("interrupted");
        assertThatTheNextPromptWorks(talk, 2);
    }

    @Test
    void inTheMiddleOfAText() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi", "p-1");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");
        talk.interrupt();
        stage.within(SECOND, "the model's connection is gone", call.closed()::isDone);
        Frame result = talk.await("agent_result");
        assertThat(result.at("prompt_id")).isEqualTo("p-1");
        assertThat(result.json().path("is_error").asBoolean()).isTrue();
        talk.await("session_interrupted");
        assertThat(talk.briefs()).endsWith("+Hel", "=Hel", "result interrupted", "session_interrupted");
        assertThatTheNextPromptWorks(talk, 3);
    }

    @Test
    void inTheMiddleOfThinkingOrOfAToolsInput() {
        Talk talk = stage.client("ann").create("{\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"}}");
        talk.prompt("hi");
        SimulatedCall call = stage.call()
                .start()
                .thinking("hm", "c2ln")
                .event(
                        "content_block_start",
                        "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\","
                                + "\"id\":\"t1\",\"name\":\"Bash\",\"input\":{}}}")
                .event(
                        "content_block_delta",
                        "{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\","
                                + "\"partial_json\":\"{\\\"comm\"}}");
        talk.awaitBrief("thinks");
        talk.interrupt();
        stage.within(SECOND, "the model's connection is gone", call.closed()::isDone);
        assertThat(talk.turn()).endsWith("result interrupted").noneMatch(brief -> brief.startsWith("uses"));
        talk.await("session_interrupted");
        assertThatTheNextPromptWorks(talk, 2);
    }

    @Test
    void whileAQuestionWaits() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call().start().toolUse("t1", "Bash", "{\"command\":\"make\"}", 1).end("tool_use");
        Frame question = talk.await("permission_request");
        talk.interrupt();
        talk.await("session_interrupted");
        assertThat(talk.briefs())
                .endsWith(
                        "not approved cancelled",
                        "fails Interrupted by the user before it was finished.",
                        "result interrupted",
                        "session_interrupted");
        talk.answer(question, true, "");
        assertThat(talk.await("error").at("code")).isEqualTo("permission_not_found");
        SimulatedCall next = assertThatTheNextPromptWorks(talk, 3);
        JsonNode answered = next.body().path("messages").path(2).path("content");
        assertThat(answered.path(0).path("tool_use_id").asText()).isEqualTo("t1");
    }

    @Test
    void whileACommandRuns() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"echo up; sleep 30\"}", 1)
                .end("tool_use");
        talk.answer(talk.await("permission_request"), true, "");
        talk.awaitBrief("prints up");
        assertThat(stage.processes()).isNotEmpty();
        talk.interrupt();
        stage.within(SECOND, "the command is gone", () -> stage.processes().isEmpty());
        talk.await("session_interrupted");
        assertThat(talk.briefs())
                .endsWith(
                        "fails Interrupted by the user before it was finished.",
                        "result interrupted",
                        "session_interrupted");
        assertThatTheNextPromptWorks(talk, 3);
    }

    @Test
    void whileACommandRunsThatDoesNotWantToEnd() {
        Talk talk = stage.client("ann").create("{\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("hi");
        stage.call()
                .start()
                .toolUse("t1", "Bash", "{\"command\":\"trap '' TERM; echo up; sleep 30; sleep 30\"}", 1)
                .end("tool_use");
        talk.awaitBrief("prints up");
        talk.interrupt();
        stage.within(SECOND, "the command is gone", () -> stage.processes().isEmpty());
        talk.await("session_interrupted");
        assertThatTheNextPromptWorks(talk, 3);
    }

    @Test
    void queuedPromptsGoOn() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("first", "p-1");
        SimulatedCall call = stage.call();
        talk.prompt("second", "p-2").interrupt();
        assertThat(talk.await("agent_result").at("prompt_id")).isEqualTo("p-1");
        stage.until("the model's connection is gone", call.closed()::isDone);
        stage.call().start().text("ok").end("end_turn");
        Frame second = talk.await("agent_result");
        assertThat(second.at("prompt_id")).isEqualTo("p-2");
        assertThat(second.at("stop_reason")).isEqualTo("end_turn");
    }

    @Test
    void anIdleSessionOnlySaysSo() {
        Talk talk = stage.client("ann").create("{}");
        talk.interrupt();
        talk.await("session_interrupted");
        assertThat(talk.briefs()).containsExactly("created", "session_interrupted");
        assertThatTheNextPromptWorks(talk, 1);
    }

    /** The simulator has checked the request by the time it hands it on. */
    private SimulatedCall assertThatTheNextPromptWorks(Talk talk, int messages) {
        talk.prompt("next");
        SimulatedCall call = stage.call();
        JsonNode sent = call.body().path("messages");
        assertThat(sent.path(sent.size() - 1).toString()).contains("next");
        assertThat(sent.size()).as("%s", sent).isLessThanOrEqualTo(messages + 1);
        call.start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("+ok", "=ok", "result end_turn");
        return call;
    }
}
