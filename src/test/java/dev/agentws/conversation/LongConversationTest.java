package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import dev.agentws.simulator.SimulatedUsage;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Conversations that grow, are shortened, and answers that have to fit a schema; the simulator refuses what the API would refuse. */
final class LongConversationTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void theResultSaysHowFullTheContextIs() {
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("hi");
        stage.call().start(SimulatedUsage.of(100, 1)).text("ok").end("end_turn", SimulatedUsage.of(100, 7));
        Frame result = talk.await("agent_result");
        assertThat(result.json().path("context_tokens").asInt()).isEqualTo(107);
        assertThat(result.json().path("context_window").asInt()).isEqualTo(1_000_000);
    }

    @Test
    void aConversationIsShortenedAndAFrameSaysSo() {
        Talk talk = stage.client("ann").create("{\"compact_at_tokens\":1000}");
        talk.prompt("first");
        stage.call().start().text("one").end("end_turn", SimulatedUsage.of(5000, 7));
        talk.await("agent_result");
        talk.prompt("second");
        SimulatedCall summary = stage.call();
        assertThat(summary.body().path("messages").toString())
                .contains("first")
                .contains("Write that summary now")
                .doesNotContain("second");
        summary.start().text("They said first.").end("end_turn");
        SimulatedCall next = stage.call();
        assertThat(next.body().path("messages")).hasSize(1);
        assertThat(next.body().path("messages").toString())
                .contains("They said first.")
                .contains("second");
        next.start().text("two").end("end_turn");
        Frame compacted = talk.await("context_compacted");
        assertThat(compacted.at("trigger")).isEqualTo("auto");
        assertThat(compacted.json().path("pre_tokens").asInt()).isEqualTo(5007);
        assertThat(compacted.json().path("post_tokens").asInt()).isBetween(1, 1000);
        assertThat(compacted.json().path("duration_ms").isNumber()).isTrue();
        assertThat(talk.turn()).containsExactly("thought", "+two", "=two", "result end_turn");
    }

    @Test
    void aSummaryThatFailsIsAnErrorInATurnThatGoesOn() {
        Talk talk = stage.client("ann").create("{\"compact_at_tokens\":1000}");
        talk.prompt("first");
        stage.call().start().text("one").end("end_turn", SimulatedUsage.of(5000, 7));
        talk.turn();
        talk.prompt("second");
        stage.call().status(401, "authentication_error", "No.", java.util.Map.of());
        SimulatedCall next = stage.call();
        assertThat(next.body().path("messages")).hasSize(3);
        next.start().text("two").end("end_turn");
        assertThat(talk.turn())
                .containsExactly("thinking", "error compaction_failed", "thought", "+two", "=two", "result end_turn");
    }

    @Test
    void theSimulatedAgentIsShortenedInTheMidstOfManyWishesAndFulfilsThemAll() throws Exception {
        stage.settings.script = Scripts.agent(Duration.ZERO);
        Talk talk = stage.client("ann")
                .create("{\"compact_at_tokens\":4000,\"permission_mode\":\"bypassPermissions\","
                        + "\"tools\":[\"Read\",\"Write\",\"Edit\",\"Bash\",\"Search\",\"TodoWrite\"]}");
        talk.prompt("make a todo list: look, change. Write a.txt: hello world, then list the files, read a.txt,"
                + " replace \"hello\" with \"bye\" in a.txt, search for bye, run: cat a.txt");
        List<String> turn = talk.turn();
        assertThat(turn).endsWith("result end_turn").noneMatch(brief -> brief.startsWith("error"));
        assertThat(turn.stream().filter(brief -> brief.startsWith("uses ")).map(brief -> brief.split(" ")[1]))
                .containsExactly("TodoWrite", "Write", "Glob", "Read", "Edit", "Grep", "Bash");
        assertThat(turn).noneMatch(brief -> brief.startsWith("fails"));
        assertThat(Files.readString(stage.directory().resolve("a.txt"))).isEqualTo("bye world");
    }

    @Test
    void aConversationThatOutgrowsTheModelIsShortenedAndGoesOn() {
        stage.settings.script = Scripts.agent(Duration.ZERO);
        Talk talk = stage.client("ann")
                .create("{\"model\":\"claude-haiku-4-5\",\"compact_at_tokens\":1000000,\"tools\":[]}");
        String much = "lorem ipsum ".repeat(40_000);
        talk.prompt("Keep this: " + much);
        talk.turn();
        talk.prompt("And this: " + much);
        assertThat(talk.turn())
                .contains("context_compacted")
                .endsWith("result end_turn")
                .noneMatch(brief -> brief.startsWith("error"));
    }

    @Test
    void theSimulatedAgentIsShortenedOnWish() {
        stage.settings.script = Scripts.agent(Duration.ZERO);
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("My name is Ann");
        talk.turn();
        talk.prompt("/compact keep the names");
        assertThat(talk.turn()).containsExactly("thinking", "context_compacted", "thought", "=", "result end_turn");
        talk.prompt("Hello again");
        assertThat(talk.turn()).endsWith("result end_turn").anyMatch(brief -> brief.contains("\"Hello again\""));
    }

    @Test
    void anAnswerIsHeldToItsSchemaWhetherOrNotTheModelTakesOne() {
        stage.settings.script = Scripts.agent(Duration.ZERO);
        Client ann = stage.client("ann");
        for (String model : List.of("claude-sonnet-5-5", "claude-haiku-4-5")) {
            Talk talk = ann.create(
                    "{\"model\":\"" + model + "\",\"output_format\":{\"type\":\"json_schema\",\"schema\":"
                            + "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":4}},\"required\":[\"n\"]}}}");
            talk.prompt("How many?");
            JsonNode result = talk.await("agent_result").json();
            assertThat(result.path("structured_output").toString()).isEqualTo("{\"n\":4}");
            assertThat(result.path("is_error").asBoolean()).isFalse();
        }
    }

    @Test
    void anAnswerThatNeverFitsEndsTheTurnWithAnError() {
        Talk talk = stage.client("ann")
                .create("{\"output_format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}");
        talk.prompt("hi");
        for (int i = 0; i < 6; i++) {
            stage.call().start().text("words").end("end_turn");
        }
        JsonNode result = talk.await("agent_result").json();
        assertThat(result.path("stop_reason").asText()).isEqualTo("max_structured_output_retries");
        assertThat(result.path("is_error").asBoolean()).isTrue();
        assertThat(result.has("structured_output")).isFalse();
    }
}
