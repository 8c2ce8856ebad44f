package dev.agentws.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.permission.ToolHook;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients and hooks do to a running session: its mode, its model, its rules, its plan. */
class SteeringTest {
    private static final String MAKE = "{\\\"command\\\":\\\"make\\\"}";

    private static SessionStage asked(SessionStage stage, String... tools) {
        stage.prompt("go");
        var answer = stage.model.last().start();
        for (int i = 0; i < tools.length; i++) {
            answer.tool("t" + (i + 1), tools[i], MAKE);
        }
        answer.end("tool_use");
        return stage;
    }

    private static List<String> shown(SessionStage stage, int request) {
        return stage.model.requests.get(request).tools().stream()
                .map(ToolSpec::name)
                .toList();
    }

    @Test
    void aChangedModeSettlesOpenQuestionsAndIsShownToAll() {
        SessionStage stage = asked(new SessionStage(), "Bash", "Write");
        assertThat(stage.session.openQuestions()).hasSize(2);
        stage.heard();
        stage.session.choices().mode(PermissionMode.ACCEPT_EDITS);
        assertThat(stage.heard()).containsExactly("now acceptEdits claude-sonnet-5-5", "r2 executing");
        assertThat(stage.session.openQuestions()).hasSize(1);
        stage.session.choices().mode(PermissionMode.DONT_ASK);
        assertThat(stage.heard())
                .startsWith("now dontAsk claude-sonnet-5-5", "r1 denied", "t1 denied by mode")
                .endsWith("t2 gives written");
        assertThat(stage.session.info().permissionMode()).isEqualTo(PermissionMode.DONT_ASK);
    }

    @Test
    void aChangedModelIsTheNextCalls() throws Invalid {
        SessionStage stage = new SessionStage("{\"max_budget_usd\":5}");
        stage.session.choices().model("claude-haiku-4-5");
        stage.prompt("go");
        assertThat(stage.model.requests.get(0).model()).isEqualTo("claude-haiku-4-5");
        stage.session.choices().model(null);
        assertThat(stage.session.info().model()).isEqualTo("claude-sonnet-5-5");
        assertThatThrownBy(() -> stage.session.choices().model("x-1"))
                .hasMessageContaining("model: the price of the model x-1 is not known");
        assertThatThrownBy(() -> stage.session.choices().model(" ")).hasMessageContaining("model: blank");
    }

    @Test
    void aPlanThatIsAgreedToEndsPlanMode() {
        SessionStage stage = new SessionStage("{\"permission_mode\":\"plan\"}");
        asked(stage, "ExitPlanMode");
        assertThat(shown(stage, 0)).contains("ExitPlanMode");
        stage.heard();
        stage.session.answer(PermissionAnswer.yes("r1"));
        assertThat(stage.heard()).contains("r1 executing", "now default claude-sonnet-5-5", "t1 gives go ahead");
        assertThat(shown(stage, 1)).doesNotContain("ExitPlanMode");
    }

    @Test
    void aPlanThatIsRefusedLeavesThePlanModeWithTheReason() {
        SessionStage stage = asked(new SessionStage("{\"permission_mode\":\"plan\"}"), "ExitPlanMode");
        stage.session.answer(PermissionAnswer.no("r1", "smaller steps"));
        assertThat(stage.session.info().permissionMode()).isEqualTo(PermissionMode.PLAN);
        assertThat(stage.model.lastMessages()).contains("smaller steps");
    }

    @Test
    void outsideOfPlanModeThereIsNoPlanToLeave() {
        SessionStage stage = asked(new SessionStage(), "ExitPlanMode");
        assertThat(shown(stage, 0)).doesNotContain("ExitPlanMode");
        assertThat(stage.heard()).anyMatch(line -> line.startsWith("t1 fails: The session is not in plan mode"));
    }

    @Test
    void aPersonIsAskedEvenWhereEverythingGoes() {
        SessionStage stage = new SessionStage("{\"permission_mode\":\"bypassPermissions\"}");
        stage.tools.add("Read", true, Access.person(), input -> ToolResult.of("said"));
        assertThat(asked(stage, "Read").heard()).last().isEqualTo("asks r1 for t1");
    }

    @Test
    void aYesThatIsRememberedSettlesTheOtherQuestionsItCovers() {
        SessionStage stage = asked(new SessionStage(), "Bash", "Bash", "Write");
        PermissionRequest question = stage.session.openQuestions().get(0).request();
        assertThat(question.reason()).isEqualTo("no rule allows this part: make");
        assertThat(question.suggestions()).hasSize(1);
        stage.heard();
        stage.session.answer(PermissionAnswer.yes("r1").remembered());
        assertThat(stage.heard())
                .containsExactly("r1 executing", "r2 executing", "t1 gives ran make", "t2 gives ran make");
        assertThat(stage.session.openQuestions()).hasSize(1);
    }

    @Test
    void aChangedInputIsHeldAgainstWhatIsDenied() {
        SessionStage stage = asked(new SessionStage("{\"disallowed_tools\":[\"Bash(rm *)\"]}"), "Bash");
        stage.heard();
        stage.session.answer(PermissionAnswer.yes("r1").withInput("{\"command\":\"rm x\"}".getBytes(UTF_8)));
        assertThat(stage.heard())
                .startsWith("r1 executing", "t1 denied by rule")
                .anyMatch(line -> line.startsWith("t1 fails: Permission to use Bash has been denied: the session's rule"
                        + " Bash(rm *) denies it"));
    }

    @Test
    void aRefusalMayEndTheTurn() {
        SessionStage stage = asked(new SessionStage(), "Bash", "Write");
        stage.heard();
        stage.session.answer(new PermissionAnswer("r1", false, "stop", null, false, List.of(), true));
        assertThat(stage.heard())
                .startsWith("r1 denied")
                .contains("r2 cancelled", "result p-go interrupted error")
                .endsWith("interrupted");
        assertThat(stage.model.calls).hasSize(1);
    }

    @Test
    void aHookSeesTheCallAndMayChangeOrDenyIt() {
        ToolHook hook = call -> {
            if (call.tool().equals("Write")) {
                return ToolHook.Result.deny("frozen");
            }
            ObjectNode other = JsonNodeFactory.instance.objectNode().put("command", "make -n");
            return ToolHook.Result.allow("only dry").withInput(other);
        };
        SessionStage stage = asked(new SessionStage("{}", hook), "Bash", "Write");
        assertThat(stage.heard())
                .contains("t1 gives ran make -n", "t2 denied by hook")
                .anyMatch(line -> line.contains("denied: frozen"));
    }

    @Test
    void aHookThatThrowsDenies() {
        ToolHook hook = call -> {
            throw new IllegalStateException("no database");
        };
        SessionStage stage = asked(new SessionStage("{\"permission_mode\":\"bypassPermissions\"}", hook), "Bash");
        assertThat(stage.heard())
                .contains("t1 denied by hook")
                .anyMatch(line -> line.startsWith("t1 fails:") && line.contains("no database"));
    }

    @Test
    void withoutASandboxThatIsWantedACommandNeedsAYes() {
        SessionStage stage = new SessionStage();
        stage.tools.add(
                "Bash",
                false,
                Access.run("ls", Path.of("/tmp"), Access.Fence.UNCONTAINED),
                input -> ToolResult.of("ran"));
        assertThat(asked(stage, "Bash").heard()).last().isEqualTo("asks r1 for t1");
        assertThat(stage.session.openQuestions().get(0).request().reason()).contains("no sandbox is available");
    }
}
