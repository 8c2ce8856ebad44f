package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import dev.agentws.simulator.SimulatedUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Conversations that the model's API shortens by itself. */
final class ApiCompactionTest {
    private static final String AT_60K = "\"compact_at_tokens\":60000";

    @RegisterExtension
    final Stage stage = new Stage();

    /** A conversation that is over half of its threshold. */
    private Talk longTalk(String options) {
        Talk talk = stage.client("ann").create("{" + AT_60K + options + "}");
        talk.prompt("first");
        SimulatedCall call = stage.call();
        assertThat(call.body().has("context_management")).isFalse();
        assertThat(call.headers().get("anthropic-beta", "")).doesNotContain("compact");
        call.start(SimulatedUsage.of(40_000, 1)).text("one").end("end_turn", SimulatedUsage.of(40_000, 7));
        talk.turn();
        return talk;
    }

    /** The same, and then shortened while the model says "two". */
    private Talk shortened(String options) {
        Talk talk = longTalk(options);
        talk.prompt("second");
        stage.call().start(SimulatedUsage.of(70_000, 1)).text("two").end("end_turn", SimulatedUsage.of(500, 10));
        return talk;
    }

    @Test
    void theApiIsAskedWhenTheThresholdIsNearAndAFrameSaysThatItDidIt() {
        Talk talk = longTalk("");
        talk.prompt("second");
        SimulatedCall call = stage.call();
        assertThat(call.headers().get("anthropic-beta")).contains("compact-2026-01-12");
        assertThat(call.body().path("context_management").toString())
                .isEqualTo(
                        "{\"edits\":[{\"type\":\"compact_20260112\",\"trigger\":{\"type\":\"input_tokens\",\"value\":60000}}]}");
        call.start(SimulatedUsage.of(70_000, 1)).text("two").end("end_turn", SimulatedUsage.of(500, 10));
        Frame compacted = talk.await("context_compacted");
        assertThat(compacted.at("by")).isEqualTo("api");
        assertThat(compacted.at("trigger")).isEqualTo("auto");
        assertThat(compacted.json().path("pre_tokens").asInt()).isBetween(40_007, 41_000);
        assertThat(compacted.json().path("post_tokens").asInt()).isBetween(1, 1000);
        assertThat(talk.turn()).containsExactly("thought", "+two", "=two", "result end_turn");
    }

    @Test
    void theSummaryGoesBackByteForByteAndNothingThatItCovers() {
        Talk talk = shortened("");
        talk.turn();
        talk.prompt("third");
        SimulatedCall call = stage.call();
        JsonNode messages = call.body().path("messages");
        assertThat(messages).hasSize(2);
        JsonNode summary = messages.at("/0/content/0");
        assertThat(messages.at("/0/role").asText()).isEqualTo("assistant");
        assertThat(summary.path("type").asText()).isEqualTo("compaction");
        assertThat(summary.path("content").asText()).contains("- first", "- second");
        assertThat(summary.path("encrypted_content").asText()).isNotEmpty();
        assertThat(messages.at("/0/content/1/text").asText()).isEqualTo("two");
        assertThat(messages.at("/1/content").toString()).contains("third").doesNotContain("first");
        assertThat(call.headers().get("anthropic-beta")).contains("compact-2026-01-12");
        call.start().text("three").end("end_turn");
        assertThat(talk.turn()).endsWith("result end_turn");
    }

    @Test
    void whatTheSummaryCostIsInTheResult() {
        Talk talk = shortened("");
        Frame result = talk.await("agent_result");
        JsonNode json = result.json();
        long summaryTokens = json.at("/usage/output_tokens").asLong() - 10;
        assertThat(summaryTokens).isPositive();
        assertThat(json.at("/usage/input_tokens").asLong()).isEqualTo(70_500);
        assertThat(json.path("context_tokens").asLong()).isEqualTo(510);
        double expected = (70_500 * 2.0 + (summaryTokens + 10) * 10.0) / 1_000_000;
        assertThat(json.path("cost_usd").asDouble()).isCloseTo(expected, Offset.offset(1e-9));
        assertThat(stage.http("GET", "/metrics"))
                .contains("\nagentws_tokens_total{kind=\"input\",model=\"claude-sonnet-5-5\"} 110500.0\n");
    }

    @Test
    void anUpstreamThatRefusesIsFoundOutOnceAndTheServerSummarisesItself() {
        Talk talk = longTalk("");
        talk.prompt("second");
        assertThat(stage.call()
                        .status(
                                400,
                                "invalid_request_error",
                                "context_management: Extra inputs are not permitted",
                                Map.of())
                        .body()
                        .has("context_management"))
                .isTrue();
        SimulatedCall again = stage.call();
        assertThat(again.body().has("context_management")).isFalse();
        assertThat(again.headers().get("anthropic-beta", "")).doesNotContain("compact");
        again.start(SimulatedUsage.of(70_000, 1)).text("two").end("end_turn", SimulatedUsage.of(70_000, 10));
        assertThat(talk.turn()).containsExactly("thinking", "thought", "+two", "=two", "result end_turn");
        talk.prompt("third");
        SimulatedCall summary = stage.call();
        assertThat(summary.body().path("messages").toString()).contains("Write that summary now");
        summary.start().text("They counted.").end("end_turn");
        SimulatedCall third = stage.call();
        assertThat(third.body().has("context_management")).isFalse();
        third.start().text("three").end("end_turn");
        assertThat(talk.await("context_compacted").at("by")).isEqualTo("client");
        assertThat(talk.turn()).endsWith("result end_turn");
    }

    @Test
    void aRefusalForAnotherReasonIsNotTakenForThat() {
        Talk talk = longTalk("");
        talk.prompt("second");
        for (int i = 0; i < 2; i++) {
            stage.call().status(400, "invalid_request_error", "messages: something else", Map.of());
        }
        assertThat(talk.turn()).endsWith("error upstream_error", "result error");
        talk.prompt("third");
        SimulatedCall call = stage.call();
        assertThat(call.body().has("context_management")).isTrue();
        call.start().text("three").end("end_turn");
        assertThat(talk.turn()).endsWith("result end_turn");
    }

    @Test
    void anApiThatCouldNotDoItIsNotAskedAgain() {
        Talk talk = longTalk("");
        talk.prompt("second");
        SimulatedCall call = stage.call().start(SimulatedUsage.of(100, 1));
        call.event(
                "content_block_start",
                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"compaction\",\"content\":null}}");
        call.event(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"compaction_delta\",\"content\":null}}");
        call.event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}");
        call.event(
                "content_block_start",
                "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"two\"}}");
        call.event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":1}");
        call.end("end_turn", SimulatedUsage.of(50_000, 10));
        assertThat(talk.turn()).doesNotContain("context_compacted").endsWith("result end_turn");
        talk.prompt("third");
        SimulatedCall third = stage.call();
        assertThat(third.body().has("context_management")).isFalse();
        assertThat(third.body().path("messages").toString())
                .contains("first", "two")
                .doesNotContain("compaction");
        third.start().text("three").end("end_turn");
        assertThat(talk.turn()).endsWith("result end_turn");
    }

    @Test
    void aModelWithoutItReadsTheSummaryInWords() {
        Talk talk = shortened("");
        talk.turn();
        talk.send("set_model", "\"model\":\"claude-haiku-4-5\"").await("session_updated");
        talk.prompt("third");
        SimulatedCall call = stage.call();
        assertThat(call.headers().get("anthropic-beta", "")).doesNotContain("compact");
        JsonNode messages = call.body().path("messages");
        assertThat(messages.at("/0/role").asText()).isEqualTo("user");
        assertThat(messages.at("/0/content/0/text").asText()).contains("- first");
        assertThat(messages.at("/1/content/0/text").asText()).isEqualTo("two");
        call.start().text("three").end("end_turn");
        assertThat(talk.turn()).endsWith("result end_turn");
    }

    @Test
    void aTurnThatFailsBehindTheSummaryGoesBackToIt() {
        Talk talk = longTalk(",\"permission_mode\":\"bypassPermissions\"");
        talk.prompt("second");
        stage.call()
                .start(SimulatedUsage.of(70_000, 1))
                .toolUse("t1", "Glob", "{\"pattern\":\"*\"}", 1)
                .end("tool_use");
        SimulatedCall refused = stage.call();
        assertThat(refused.body().path("messages").toString()).contains("compaction", "tool_result");
        refused.status(400, "invalid_request_error", "No.", Map.of());
        assertThat(talk.turn()).endsWith("error upstream_error", "result error");
        talk.prompt("third");
        SimulatedCall call = stage.call();
        assertThat(call.body().path("messages")).hasSize(2);
        assertThat(call.body().path("messages").toString())
                .contains("compaction", "third")
                .doesNotContain("tool_use\"");
        call.start().text("three").end("end_turn");
        assertThat(talk.turn()).endsWith("result end_turn");
    }

    @Test
    void aSummaryOutlivesTheServerAndAForkHasIt(@TempDir Path books) {
        stage.settings.books = books;
        Talk talk = shortened("");
        Frame result = talk.await("agent_result");
        stage.restart();
        Client bob = stage.client("bob");
        Talk on = bob.talk(talk.id()).subscribe(result.seq());
        on.prompt("third");
        SimulatedCall call = stage.call();
        JsonNode messages = call.body().path("messages");
        assertThat(messages).hasSize(2);
        assertThat(messages.at("/0/content/0/encrypted_content").asText()).isNotEmpty();
        call.start().text("three").end("end_turn");
        on.await("agent_result");
        on.send("fork_session", "\"new_session_id\":\"F\"");
        Talk fork = bob.talk("F").prompt("fourth");
        SimulatedCall forked = stage.call();
        assertThat(forked.body().at("/messages/0/content/0")).isEqualTo(messages.at("/0/content/0"));
        assertThat(forked.body().toString()).contains("fourth");
        forked.start().text("four").end("end_turn");
        fork.await("agent_result");
    }

    @Test
    void aQuestionThatIsOpenBehindASummaryOutlivesTheServer(@TempDir Path books) {
        stage.settings.books = books;
        Talk talk = longTalk("");
        talk.prompt("second");
        stage.call()
                .start(SimulatedUsage.of(70_000, 1))
                .toolUse("t1", "Bash", "{\"command\":\"expr one\"}", 1)
                .end("tool_use");
        Frame question = talk.await("permission_request");
        stage.restart();
        Talk on = stage.client("bob").talk(talk.id()).subscribe(question.seq());
        Frame again = on.await(
                "the question", frame -> frame.type().equals("permission_request") && frame.seq() > question.seq());
        on.answer(again, true, "");
        SimulatedCall next = stage.call();
        assertThat(next.body().path("messages").toString())
                .contains("compaction", "tool_result")
                .doesNotContain("\"text\":\"first\"");
        next.start().text("Done.").end("end_turn");
        assertThat(on.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
    }

    @Test
    void whereNobodyIsToDoItAnOverflowFails() {
        Talk talk = longTalk(",\"compaction\":\"off\"");
        talk.prompt("second");
        SimulatedCall call = stage.call();
        assertThat(call.body().has("context_management")).isFalse();
        call.status(400, "invalid_request_error", "prompt is too long: 1000001 tokens > 1000000 maximum", Map.of());
        assertThat(talk.turn()).endsWith("error upstream_error", "result error");
    }

    @Test
    void whereTheServerIsToDoItTheApiIsNotAsked() {
        Talk talk = longTalk(",\"compaction\":\"client\"");
        talk.prompt("second");
        SimulatedCall call = stage.call();
        assertThat(call.body().has("context_management")).isFalse();
        call.start().text("two").end("end_turn");
        talk.turn();
    }

    @Test
    void theSimulatedAgentIsShortenedInTheMidstOfManyWishesAndFulfilsThemAll() throws Exception {
        stage.settings.script = Scripts.agent(Duration.ZERO);
        Talk talk = stage.client("ann")
                .create("{\"compact_at_tokens\":50000,\"permission_mode\":\"bypassPermissions\","
                        + "\"tools\":[\"Read\",\"Write\",\"Edit\",\"Bash\",\"Search\",\"TodoWrite\"]}");
        talk.prompt("Keep this: " + "lorem ipsum ".repeat(8_000));
        talk.turn();
        Files.writeString(stage.directory().resolve("long.txt"), "dolor sit amet\n".repeat(6000));
        talk.prompt("write a.txt: hello world, then read long.txt, read a.txt,"
                + " replace \"hello\" with \"bye\" in a.txt, run: cat a.txt");
        List<String> turn = talk.turn();
        assertThat(turn).contains("context_compacted").endsWith("result end_turn");
        assertThat(turn.stream().filter(brief -> brief.startsWith("uses ")).map(brief -> brief.split(" ")[1]))
                .containsExactly("Write", "Read", "Read", "Edit", "Bash");
        assertThat(turn).noneMatch(brief -> brief.startsWith("fails") || brief.startsWith("error"));
        assertThat(Files.readString(stage.directory().resolve("a.txt"))).isEqualTo("bye world");
    }
}
