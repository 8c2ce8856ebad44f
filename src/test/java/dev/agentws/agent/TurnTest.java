package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure.Kind;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TurnTest {
    @Test
    void aPlainTurnThinksShowsItsPiecesTheWholeTextAndOneResult() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().text("Hel", "lo").end("end_turn");
        assertThat(stage.heard())
                .containsExactly(
                        "created", "thinking", "thought", "m1+Hel", "m1+lo", "m1=Hello", "result p-hi end_turn");
    }

    @Test
    void anAnswerWithoutTextIsShownAsOneEmptyMessage() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().end("end_turn");
        assertThat(stage.heard()).containsExactly("created", "thinking", "thought", "m1=", "result p-hi end_turn");
    }

    @Test
    void thinkingIsShownAndItsBlockGoesBackByteForByte() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().thinking("hm\\u2028", "sig==").text("ok").end("end_turn");
        assertThat(stage.heard())
                .containsExactly(
                        "created",
                        "thinking",
                        "thought hm\\u2028",
                        "thought",
                        "m1+ok",
                        "m1=ok",
                        "result p-hi end_turn");
        stage.prompt("more");
        assertThat(stage.model.lastMessages())
                .contains("{\"type\":\"thinking\",\"thinking\":\"hm\\u2028\",\"signature\":\"sig==\"}")
                .contains("{\"type\":\"text\",\"text\":\"ok\"}");
    }

    @Test
    void aToolRoundShowsTheCallItsResultAndANewMessage() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model
                .last()
                .start()
                .text("Let me look.")
                .tool("t1", "Read", "{\\\"file_path\\\":\\\"a\\\"}")
                .end("tool_use");
        stage.model.last().start().text("Done.").end("end_turn");
        assertThat(stage.heard())
                .containsExactly(
                        "created",
                        "thinking",
                        "thought",
                        "m1+Let me look.",
                        "m1=Let me look.",
                        "t1 uses Read {\"file_path\":\"a\"}",
                        "t1 gives content of a",
                        "m2+Done.",
                        "m2=Done.",
                        "result p-hi end_turn");
        assertThat(stage.model.lastMessages()).isEqualTo("""
                        user {"type":"text","text":"hi"}
                        assistant {"type":"text","text":"Let me look."} {"type":"tool_use","id":"t1","name":"Read","input":{"file_path":"a"}}
                        user {"type":"tool_result","tool_use_id":"t1","content":"content of a"}
                        """);
    }

    @Test
    void aToolWithoutArgumentsGetsAnEmptyObject() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().tool("t1", "Read", "").end("tool_use");
        assertThat(stage.heard()).contains("t1 uses Read {}", "t1 gives content of ");
        assertThat(stage.model.lastMessages()).contains("\"name\":\"Read\",\"input\":{}}");
    }

    @Test
    void aCallCutByTheTokenLimitIsNeitherShownNorRunNorSentBack() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().text("I run").tool("t1", "Bash", "{\\\"comm").end("max_tokens");
        assertThat(stage.heard())
                .containsExactly("created", "thinking", "thought", "m1+I run", "m1=I run", "result p-hi max_tokens");
        stage.prompt("more");
        assertThat(stage.model.lastMessages()).doesNotContain("tool_use");
    }

    @Test
    void garbledInputIsAnsweredToTheModelAsAnError() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().tool("t1", "Bash", "{nonsense}").end("tool_use");
        assertThat(stage.heard()).anyMatch(line -> line.startsWith("t1 fails: <tool_use_error>The input of Bash"));
        assertThat(stage.model.lastMessages()).contains("\"is_error\":true");
    }

    @Test
    void anUnknownToolIsAnsweredToTheModelAsAnError() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().tool("t1", "Fly", "{}").end("tool_use");
        assertThat(stage.heard()).contains("t1 fails: <tool_use_error>No such tool available: Fly</tool_use_error>");
    }

    @Test
    void callsThatOnlyLookRunSideBySideAndOthersWait() {
        SessionStage stage = new SessionStage("{\"permission_mode\":\"allow-all\"}");
        stage.prompt("hi");
        stage.tools.held = true;
        stage.model
                .last()
                .start()
                .tool("t1", "Read", "{}")
                .tool("t2", "Read", "{}")
                .tool("t3", "Write", "{}")
                .tool("t4", "Read", "{}")
                .end("tool_use");
        stage.tools.runOne();
        assertThat(stage.tools.waiting).hasSize(2);
        stage.tools.runOne();
        assertThat(stage.tools.waiting).hasSize(1);
        stage.tools.runOne();
        assertThat(stage.tools.waiting)
                .as("only the write, once both reads are through")
                .hasSize(1);
        stage.tools.runOne();
        assertThat(stage.tools.waiting).as("the read behind it").hasSize(1);
        stage.tools.runOne();
        assertThat(stage.model.lastMessages()).containsSubsequence("\"t1\"", "\"t2\"", "\"t3\"", "\"t4\"");
    }

    @Test
    void aCallRefusedBeforeItsTurnIsLookedAtAgainAfterTheCallsBeforeIt() {
        SessionStage stage = new SessionStage("{\"permission_mode\":\"allow-all\"}");
        boolean[] read = new boolean[1];
        stage.tools.add("Read", true, Access.none(), input -> {
            read[0] = true;
            return ToolResult.of("seen");
        });
        stage.tools.plan(
                "Write",
                false,
                input -> read[0]
                        ? new ToolPlan.Ready(Access.edit(), "Write", out -> ToolResult.of("written"))
                        : new ToolPlan.Refused(ToolResult.error("File has not been read yet.")));
        stage.prompt("hi");
        stage.model
                .last()
                .start()
                .tool("t1", "Read", "{}")
                .tool("t2", "Write", "{}")
                .end("tool_use");
        assertThat(stage.heard()).contains("t1 gives seen", "t2 gives written");
    }

    @Test
    void aFailedCallClosesTheTextSaysWhyAndTheNextPromptWorks() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        ScriptedModel.Call call = stage.model.last().start();
        int block = call.open(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        call.delta(block, DeltaKind.TEXT, "Hal").fail(Kind.OVERLOADED, "Overloaded");
        assertThat(stage.heard())
                .containsExactly(
                        "created",
                        "thinking",
                        "thought",
                        "m1+Hal",
                        "m1=Hal",
                        "thought",
                        "error UPSTREAM: Overloaded",
                        "result p-hi error error");
        stage.prompt("again");
        assertThat(stage.model.lastMessages()).isEqualTo("""
                        user {"type":"text","text":"hi"}
                        assistant {"type":"text","text":"Hal"}
                        user {"type":"text","text":"again"}
                        """);
    }

    @Test
    void aRefusedRequestDoesNotSpoilTheNextPrompt() {
        SessionStage stage = new SessionStage();
        stage.prompt("bad");
        stage.model.last().fail(Kind.INVALID_REQUEST, "messages.0: bad image");
        stage.prompt("good");
        assertThat(stage.model.lastMessages()).isEqualTo("user {\"type\":\"text\",\"text\":\"good\"}\n");
    }

    @Test
    void aRefusalOfTheModelIsTakenOutOfTheConversation() {
        SessionStage stage = new SessionStage();
        stage.prompt("bad");
        stage.model.last().start().text("I can").end("refusal");
        assertThat(stage.heard()).contains("m1=I can", "result p-bad refusal");
        stage.prompt("good");
        assertThat(stage.model.lastMessages()).isEqualTo("user {\"type\":\"text\",\"text\":\"good\"}\n");
    }

    @Test
    void aPausedTurnGoesOnFiveTimesWithoutNewText() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        for (int i = 0; i < 6; i++) {
            stage.model.last().start().text("part").end("pause_turn");
        }
        assertThat(stage.model.calls).hasSize(6);
        assertThat(stage.heard()).last().isEqualTo("result p-hi pause_turn");
    }

    @Test
    void anEmptyAnswerToToolResultsIsAskedOnOnce() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().tool("t1", "Read", "{}").end("tool_use");
        stage.model.last().start().end("end_turn");
        assertThat(stage.model.lastMessages()).endsWith(" {\"type\":\"text\",\"text\":\"Please continue.\"}\n");
        stage.model.last().start().end("end_turn");
        assertThat(stage.heard()).last().isEqualTo("result p-hi end_turn");
    }

    @Test
    void theTurnLimitEndsAfterThatManyRoundsOfTools() {
        SessionStage stage = new SessionStage("{\"max_turns\":1}");
        stage.prompt("hi");
        stage.model.last().start().tool("t1", "Read", "{}").end("tool_use");
        assertThat(stage.heard()).last().isEqualTo("result p-hi max_turns error");
        assertThat(stage.model.calls).hasSize(1);
    }

    @Test
    void aSpentBudgetStartsNoMoreModelCalls() {
        SessionStage stage = new SessionStage("{\"max_budget_usd\":0.00001}");
        stage.prompt("one");
        stage.model.last().start().tool("t1", "Read", "{}").end("tool_use");
        assertThat(stage.heard()).last().isEqualTo("result p-one max_budget_usd error");
        stage.prompt("two");
        assertThat(stage.heard()).last().isEqualTo("result p-two max_budget_usd error");
        assertThat(stage.model.calls).hasSize(1);
    }

    @Test
    void anInterruptCancelsTheModelAndKeepsWhatWasSaid() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        ScriptedModel.Call call = stage.model.last().start();
        int block = call.open(BlockKind.TEXT, "{\"type\":\"text\",\"text\":\"\"}");
        call.delta(block, DeltaKind.TEXT, "Hal");
        stage.session.interrupt();
        assertThat(call.cancelled).isTrue();
        assertThat(stage.heard())
                .containsExactly(
                        "created",
                        "thinking",
                        "thought",
                        "m1+Hal",
                        "m1=Hal",
                        "result p-hi interrupted error",
                        "interrupted");
        stage.prompt("again");
        assertThat(stage.model.lastMessages()).contains("assistant {\"type\":\"text\",\"text\":\"Hal\"}");
    }

    @Test
    void anInterruptAnswersOpenCallsOnTheScreenAndInTheConversation() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model
                .last()
                .start()
                .tool("t1", "Bash", "{\\\"command\\\":\\\"make\\\"}")
                .end("tool_use");
        stage.session.interrupt();
        assertThat(stage.heard())
                .contains(
                        "asks r1 for t1", "r1 cancelled", "t1 fails: Interrupted by the user before it was finished.");
        stage.prompt("again");
        assertThat(stage.model.lastMessages())
                .contains("\"tool_use_id\":\"t1\"")
                .contains("\"is_error\":true");
    }

    @Test
    void aSlowDriverPausesTheModelAndAFastOneResumesIt() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.session.story().ready(stage.watcher, false, 0);
        assertThat(stage.model.last().paused).isEqualTo(1);
        stage.session.story().ready(stage.watcher, true, 0);
        assertThat(stage.model.last().paused).isZero();
        stage.session.story().ready(stage.watcher, false, 0);
        stage.session.story().leave(stage.watcher);
        assertThat(stage.model.last().paused).as("nobody to wait for").isZero();
    }

    @Test
    void endingASessionEndsItsTurnItsToolsAndIsTheLastWord() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().tool("t1", "Bash", "{}").end("tool_use");
        stage.registry.end(stage.session);
        stage.settle();
        assertThat(stage.heard()).endsWith("result p-hi interrupted error", "ended");
        assertThat(stage.tools.closed).isEqualTo(1);
        assertThat(stage.registry.size()).isZero();
        assertThat(stage.prompt("late")).isEqualTo(Accepted.ENDED);
    }

    @Test
    void aCallThatWasCutBeforeItWasShownHasNoResultOnTheScreen() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        ScriptedModel.Call call = stage.model.last().start();
        call.open(BlockKind.TOOL_USE, "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Read\",\"input\":{}}");
        call.fail(Kind.CONNECTION, "cut");
        assertThat(stage.heard())
                .containsExactly("created", "thinking", "thought", "error UPSTREAM: cut", "result p-hi error error");
    }

    @Test
    void anIdleSessionIsEndedButNotOneInATurn() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.pass(Duration.ofHours(2));
        stage.registry.endIdle();
        assertThat(stage.registry.size()).isEqualTo(1);
        stage.model.last().start().text("x").end("end_turn");
        stage.pass(Duration.ofMinutes(61));
        stage.registry.endIdle();
        assertThat(stage.registry.size()).isZero();
        assertThat(stage.heard()).last().isEqualTo("ended");
    }

    @Test
    void theCostIsOfThePriceTableAndUnknownForAnUnknownModel() {
        SessionStage stage = new SessionStage();
        stage.prompt("hi");
        stage.model.last().start().text("x").end("end_turn");
        assertThat(stage.session.info().costUsd()).isEqualTo((10 * 2.0 + 5 * 10.0) / 1_000_000);
        assertThat(PriceTable.published().cost("some-model", new Usage(1, 1, 0, 0, 0)))
                .isNull();
    }

    @Test
    void partialMessagesCanBeLeftOut() {
        SessionStage stage = new SessionStage("{\"include_partial_messages\":false}");
        stage.prompt("hi");
        stage.model.last().start().thinking("hm", "s").text("Hel", "lo").end("end_turn");
        assertThat(stage.heard()).containsExactly("created", "thinking", "thought", "m1=Hello", "result p-hi end_turn");
    }
}
