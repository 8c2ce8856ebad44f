package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.ModelFailure.Kind;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompactionTest {
    private static final String SMALL = "{\"compact_at_tokens\":1000,\"permission_mode\":\"allow-all\"}";
    private static final Usage MUCH = new Usage(2000, 5, 0, 0, 0);

    /** A stage whose first turn has filled the context. */
    private static SessionStage full() {
        SessionStage stage = new SessionStage(SMALL);
        stage.prompt("hi");
        stage.model.last().start().text("Hello.").end("end_turn", MUCH);
        stage.heard();
        return stage;
    }

    @Test
    void aConversationThatIsTooLongIsSummarisedBeforeTheNextPrompt() {
        SessionStage stage = full();
        stage.prompt("more");
        assertThat(stage.model.lastMessages())
                .startsWith(
                        "user {\"type\":\"text\",\"text\":\"hi\"}\nassistant {\"type\":\"text\",\"text\":\"Hello.\"}\n")
                .contains("Write that summary now")
                .doesNotContain("\"more\"");
        stage.model.last().start().text("They said hi.").end("end_turn");
        assertThat(stage.model.lastMessages())
                .startsWith("user {\"type\":\"text\",\"text\":\"<system-reminder>\\n")
                .contains(
                        "<summary>\\nThey said hi.\\n</summary>\\n</system-reminder>\"} {\"type\":\"text\",\"text\":\"more\"}");
        stage.model.last().start().text("Sure.").end("end_turn");
        assertThat(stage.heard())
                .containsExactly(
                        "thinking", "compacted auto 2005", "thought", "m2+Sure.", "m2=Sure.", "result p-more end_turn");
    }

    @Test
    void theCallForTheSummaryHasTheSameToolsAndSystemPromptForTheSakeOfTheCache() {
        SessionStage stage = full();
        stage.prompt("more");
        List<ModelRequest> requests = stage.model.requests;
        assertThat(requests.get(1).system()).isEqualTo(requests.get(0).system());
        assertThat(requests.get(1).tools()).hasSameSizeAs(requests.get(0).tools());
        stage.session.interrupt();
        assertThat(stage.model.last().cancelled).isTrue();
        assertThat(stage.heard())
                .containsExactly("thinking", "thought", "result p-more interrupted error", "interrupted");
        stage.prompt("again");
        assertThat(stage.model.lastMessages())
                .contains("Hello.")
                .contains("\"more\"")
                .contains("Write that summary now")
                .doesNotContain("\"again\"");
    }

    @Test
    void inTheMidstOfToolsThePromptIsKeptAndNoCallIsLeftUnanswered() {
        SessionStage stage = new SessionStage(SMALL);
        stage.prompt("hi");
        stage.model.last().start().tool("t1", "Read", "{}").end("tool_use", MUCH);
        assertThat(stage.model.lastMessages()).contains("tool_result").contains("Write that summary now");
        stage.model.last().start().text("Read it.").end("end_turn");
        assertThat(stage.model.lastMessages())
                .startsWith("user ")
                .doesNotContain("tool_result")
                .doesNotContain("assistant")
                .contains("Read it.")
                .contains("{\"type\":\"text\",\"text\":\"hi\"}")
                .contains("do not start again");
        stage.model.last().start().text("Done.").end("end_turn");
        assertThat(stage.heard()).contains("compacted auto 2021", "result p-hi end_turn");
    }

    @Test
    void aSummaryThatFailsIsToldAndTheTurnGoesOnWithTheWholeConversation() {
        SessionStage stage = full();
        stage.prompt("more");
        stage.model.last().fail(Kind.OVERLOADED, "Overloaded");
        assertThat(stage.model.lastMessages())
                .contains("Hello.")
                .contains("\"more\"")
                .doesNotContain("summary");
        stage.model.last().start().tool("t1", "Read", "{}").end("tool_use", MUCH);
        stage.model.last().start().text("Sure.").end("end_turn", MUCH);
        assertThat(stage.heard())
                .startsWith("thinking", "error COMPACTION: The conversation could not be shortened: Overloaded")
                .endsWith("m2=Sure.", "result p-more end_turn");
    }

    @Test
    void aModelThatCallsAToolInPlaceOfSummarisingIsAskedOnceMoreWithoutTools() {
        SessionStage stage = full();
        stage.prompt("more");
        stage.model.last().start().text("Let me look.").tool("t1", "Bash", "{}").end("tool_use");
        ModelRequest second = stage.model.requests.get(2);
        assertThat(second.tools()).isEmpty();
        assertThat(second.messages()).hasSize(1);
        assertThat(stage.model.lastMessages()).contains("user: hi").contains("assistant: Hello.");
        stage.model.last().start().end("end_turn");
        assertThat(stage.heard())
                .contains("error COMPACTION: The conversation could not be shortened: the model wrote no summary"
                        + " (stop_reason end_turn)");
        assertThat(stage.tools.jobs).isEmpty();
    }

    @Test
    void anOverflowIsMendedOnceAndThenFailsClearly() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().text("Hello.").end("end_turn");
        stage.prompt("more");
        stage.model.last().fail(Kind.CONTEXT_OVERFLOW, "prompt is too long");
        assertThat(stage.model.lastMessages()).contains("<conversation>").contains("assistant: Hello.");
        stage.model.last().start().text("They said hi.").end("end_turn");
        assertThat(stage.model.lastMessages()).contains("They said hi.").contains("\"more\"");
        stage.model.last().fail(Kind.CONTEXT_OVERFLOW, "prompt is too long");
        assertThat(stage.heard())
                .anyMatch(line -> line.startsWith("compacted overflow"))
                .endsWith("error UPSTREAM: prompt is too long", "result p-more error error");
        stage.prompt("third");
        assertThat(stage.model.lastMessages()).contains("They said hi.").doesNotContain("\"more\"");
    }

    @Test
    void aPromptThatIsTooLongByItselfFailsAtOnce() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().fail(Kind.CONTEXT_OVERFLOW, "prompt is too long");
        assertThat(stage.model.calls).hasSize(1);
        assertThat(stage.heard()).endsWith("error UPSTREAM: prompt is too long", "result p-hi error error");
    }

    @Test
    void anAnswerThatFilledTheWindowIsGoneOnWithAfterASummary() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().text("Hello.").end("end_turn");
        stage.prompt("more");
        stage.model.last().start().text("Half").end("model_context_window_exceeded");
        assertThat(stage.model.lastMessages()).contains("assistant: Half");
        stage.model.last().start().text("Half is said.").end("end_turn");
        assertThat(stage.model.lastMessages()).contains("Half is said.").contains("\"more\"");
        stage.model.last().start().text("Other half").end("model_context_window_exceeded");
        assertThat(stage.heard()).contains("m2=Half", "m3=Other half", "result p-more model_context_window_exceeded");
    }

    @Test
    void compactAsAPromptIsATurnOfItsOwnAndPassesTheWishOn() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().text("Hello.").end("end_turn");
        stage.heard();
        stage.prompt("/compact keep the names");
        assertThat(stage.model.lastMessages()).contains("The user asks besides: keep the names");
        stage.model.last().start().text("They said hi.").end("end_turn");
        assertThat(stage.heard())
                .containsExactly(
                        "thinking",
                        "compacted manual 15",
                        "thought",
                        "m2=",
                        "result p-/compact keep the names end_turn");
        stage.prompt("more");
        assertThat(stage.model.lastMessages()).contains("They said hi.").doesNotContain("/compact");
    }

    @Test
    void compactOfAnEmptyConversationSaysSo() {
        SessionStage stage = new SessionStage();
        stage.prompt("/compact");
        assertThat(stage.model.calls).isEmpty();
        assertThat(stage.heard())
                .contains("error COMPACTION: /compact: the conversation has not begun, nothing to shorten")
                .endsWith("result p-/compact error error");
    }

    @Test
    void wordsThatOnlyBeginLikeTheCommandAreAPrompt() {
        SessionStage stage = new SessionStage();
        stage.prompt("/compaction is what?");
        assertThat(stage.model.lastMessages()).contains("/compaction is what?");
    }

    @Test
    void aConversationThatStaysTooLongIsNotSummarisedAgainAndAgain() {
        SessionStage stage = full();
        stage.prompt("more");
        stage.model.last().start().text("Short.").end("end_turn");
        stage.model.last().start().tool("t1", "Read", "{}").end("tool_use", MUCH);
        stage.model.last().start().tool("t2", "Read", "{}").end("tool_use", MUCH);
        stage.model.last().start().text("Done.").end("end_turn", MUCH);
        assertThat(stage.heard().stream().filter(line -> line.startsWith("compacted")))
                .hasSize(1);
        assertThat(stage.model.calls).hasSize(5);
    }
}
