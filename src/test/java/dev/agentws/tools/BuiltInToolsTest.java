package dev.agentws.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.agent.tool.Toolbox;
import dev.agentws.tools.call.ToolInput;
import dev.agentws.tools.shell.Uncontained;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltInToolsTest {
    private final BuiltInTools kit = new BuiltInTools(Calls.config());

    @Test
    void aSessionGetsTheToolsItAskedForInAStableOrder() {
        Toolbox toolbox =
                kit.open(new ToolSetup(Set.of("Bash", "Read", "Grep"), Path.of("/absent"), List.of(), Map.of()));
        assertThat(toolbox.specs())
                .extracting(ToolSpec::name)
                .containsExactly("Read", "Bash", "BashOutput", "KillShell", "Grep");
        assertThat(toolbox.find("Write")).isNull();
        assertThat(toolbox.find("Read")).isNotNull();
        toolbox.close();
        toolbox.close();
    }

    @Test
    void unknownToolsAndRelativeDirectoriesAreRefused() {
        assertThatThrownBy(() -> kit.open(new ToolSetup(Set.of("Read", "Nope"), Path.of("/tmp"), List.of(), Map.of())))
                .hasMessageStartingWith(
                        "tools: [Nope] (expected: some of [Read, Write, Edit, NotebookEdit, Bash, BashOutput, KillShell, Glob, Grep, TodoWrite, WebFetch, WebSearch,"
                                + " AskUserQuestion, ExitPlanMode])");
        assertThatThrownBy(() -> kit.open(new ToolSetup(Set.of(), Path.of("tmp"), List.of(), Map.of())))
                .hasMessageContaining("an absolute path");
    }

    @Test
    void impossibleVariablesAreRefusedWhenTheSessionOpens() {
        for (String name : List.of("", "A=B", "AGENTWS_CALL")) {
            assertThatThrownBy(
                            () -> kit.open(new ToolSetup(kit.names(), Path.of("/tmp"), List.of(), Map.of(name, "x"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("environment name: " + name);
        }
    }

    @Test
    void everySchemaIsClosedAndDescribesItsFields() throws Exception {
        for (ToolSpec spec : kit.open(new ToolSetup(kit.names(), Path.of("/tmp"), List.of(), Map.of()))
                .specs()) {
            if (spec.upstream() != null) {
                continue;
            }
            JsonNode schema = new ObjectMapper().readTree(spec.inputSchema());
            assertThat(schema.path("type").textValue()).isEqualTo("object");
            assertThat(schema.path("additionalProperties").isBoolean()).isTrue();
            assertThat(schema.path("additionalProperties").booleanValue()).isFalse();
            schema.path("required")
                    .forEach(name -> assertThat(schema.path("properties").has(name.textValue()))
                            .isTrue());
            assertThat(spec.description().lines().count()).as(spec.name()).isBetween(3L, 15L);
        }
    }

    @Test
    void everyFieldOfASchemaIsReadAndNoOther(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            calls.ok("Bash", "command", "true", "run_in_background", true);
            for (ToolSpec spec : calls.toolbox.specs()) {
                if (spec.upstream() != null) {
                    continue;
                }
                JsonNode properties =
                        new ObjectMapper().readTree(spec.inputSchema()).path("properties");
                ObjectNode input = validInput(spec.name());
                assertThat(text(calls.plan(spec.name(), input.deepCopy().put("surprise", 1))))
                        .contains("surprise: unknown field (expected only: ");
                properties.fieldNames().forEachRemaining(name -> {
                    // A value of no fitting type tells whether the field is looked at.
                    ObjectNode wrong = input.deepCopy();
                    wrong.putNull(name);
                    assertThat(text(plan(calls, spec.name(), wrong)))
                            .as(spec.name())
                            .contains(name + ": null (expected: ");
                });
                for (JsonNode required :
                        new ObjectMapper().readTree(spec.inputSchema()).path("required")) {
                    ObjectNode missing = input.deepCopy();
                    missing.remove(required.textValue());
                    assertThat(text(calls.plan(spec.name(), missing)))
                            .contains(required.textValue() + ": missing (expected: ");
                }
            }
        }
    }

    @Test
    void refusalsNameFieldValueAndExpectation(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            assertThat(calls.fails("Read", "file_path", 7))
                    .isEqualTo("<tool_use_error>file_path: 7 (expected: a string)</tool_use_error>");
            assertThat(calls.fails("Read", "file_path", "a", "limit", 1.5))
                    .contains("limit: 1.5 (expected: a whole number of at least 1)");
            assertThat(calls.call((stream, text) -> {}, "Read", Calls.json("{\"file_path\":\"x\",\"limit\":1e30}"))
                            .text())
                    .contains("limit: 1.0E30 (expected: a whole number from 1 to 9223372036854775807)");
            assertThat(calls.fails("Read", "file_path", "a", "limit", "5")).contains("limit: \"5\"");
            assertThat(calls.fails("Grep", "pattern", "a", "-i", "yes"))
                    .contains("-i: \"yes\" (expected: true or false)");
            assertThat(calls.fails("Grep", "pattern", "a", "output_mode", "all"))
                    .contains("one of files_with_matches, content, count");
            assertThat(calls.fails("Read", "file_path", List.of("x".repeat(500))))
                    .hasSizeLessThan(250);
        }
    }

    @Test
    void inputsThatAreNoObjectsAreRefused(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            ToolPlan plan = calls.tool("Read").plan(new ObjectMapper().readTree("[1]"));
            assertThat(text(plan)).contains("input: [1] (expected: an object)");
        }
    }

    @Test
    void theTodoListIsCheckedAndCounted(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            ObjectNode good =
                    Calls.json("{'todos':[{'content':'a','status':'completed','activeForm':'A'},".replace('\'', '"')
                            + "{'content':'b','status':'pending','activeForm':'B'}]}".replace('\'', '"'));
            assertThat(calls.call((stream, text) -> {}, "TodoWrite", good).text())
                    .startsWith(
                            "Todos have been modified successfully. The list has 2 steps: 1 completed, 0 in progress, 1 pending.");
            ((ObjectNode) good.path("todos").path(1)).put("status", "done");
            assertThat(text(calls.plan("TodoWrite", good)))
                    .contains("todos[1].status: \"done\" (expected: one of pending, in_progress, completed)");
            assertThat(calls.fails("TodoWrite", "todos", List.of(1))).contains("todos[0]: 1 (expected: an object)");
            assertThat(calls.fails("TodoWrite", "todos", "x")).contains("todos: \"x\" (expected: an array of objects)");
        }
    }

    @Test
    void theTodoListKeepsWhatWasWritten() throws Exception {
        TodoTool tool = new TodoTool();
        ObjectNode input =
                Calls.json("{\"todos\":[{\"content\":\"a\",\"status\":\"in_progress\",\"activeForm\":\"A\"}]}");
        ToolPlan.Ready plan = (ToolPlan.Ready) tool.plan(ToolInput.of(input));
        assertThat(tool.todos()).isEmpty();
        plan.body().run((stream, text) -> {});
        assertThat(tool.todos()).containsExactly(new TodoTool.Todo("a", "in_progress", "A"));
    }

    @Test
    void settingsOutOfRangeAreRefusedByName() {
        assertThatThrownBy(() -> new ToolsConfig(
                        Map.of(),
                        Set.of(),
                        Path.of("/tmp"),
                        Uncontained.NONE,
                        ToolsConfig.BashLimits.defaults(),
                        ToolsConfig.WalkLimits.defaults(),
                        ToolsConfig.WebLimits.defaults(),
                        1,
                        1,
                        1))
                .hasMessage("readTokenCap: 1 (expected: at least 1000)");
        assertThatThrownBy(() -> ToolsConfig.defaults(Map.of(), Path.of("tmp")))
                .hasMessageContaining("tempDirectory: tmp");
    }

    private static ObjectNode validInput(String tool) {
        return switch (tool) {
            case "Read" -> Calls.input("file_path", "x");
            case "Write" -> Calls.input("file_path", "x", "content", "y");
            case "Edit" -> Calls.input("file_path", "x", "old_string", "", "new_string", "y");
            case "NotebookEdit" -> Calls.input("notebook_path", "x.ipynb", "new_source", "y");
            case "Bash" -> Calls.input("command", "true");
            case "BashOutput" -> Calls.input("bash_id", "bash_1");
            case "KillShell" -> Calls.input("shell_id", "bash_1");
            case "Glob" -> Calls.input("pattern", "*");
            case "Grep" -> Calls.input("pattern", "x");
            case "ExitPlanMode" -> Calls.input("plan", "x");
            case "AskUserQuestion" -> Calls.input("questions", List.of(question("Which?")));
            case "WebFetch" -> Calls.input("url", "https://example.com/", "prompt", "x");
            default -> Calls.input("todos", List.of());
        };
    }

    private static Map<String, Object> question(String text) {
        return Map.of("question", text, "options", List.of(Map.of("label", "a"), Map.of("label", "b")));
    }

    @Test
    void theAnswersToAQuestionReachTheModel(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            ObjectNode input = Calls.input("questions", List.of(question("Which?"), question("How?")));
            input.putObject("answers").put("Which?", "the red one");
            ToolPlan.Ready plan = (ToolPlan.Ready) calls.plan("AskUserQuestion", input);
            assertThat(plan.access().kind()).isEqualTo(Access.Kind.PERSON);
            assertThat(plan.body().run((stream, text) -> {}).text())
                    .isEqualTo("Which?\n  The user answered: the red one\nHow?\n  (no answer was given)");
            assertThat(text(calls.plan("AskUserQuestion", Calls.input("questions", List.of()))))
                    .contains("questions: 0 of them (expected: 1 to 4)");
        }
    }

    private static ToolPlan plan(Calls calls, String tool, ObjectNode input) {
        try {
            return calls.plan(tool, input);
        } catch (InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static String text(ToolPlan plan) {
        assertThat(plan).isInstanceOf(ToolPlan.Refused.class);
        return Objects.requireNonNull((ToolPlan.Refused) plan).result().text();
    }

    @Test
    void aPathThatIsNoneIsNamedByItsField(@TempDir Path directory) throws Exception {
        try (Calls calls = Calls.in(directory)) {
            for (String bad : new String[] {"", "a\0b"}) {
                assertThat(calls.fails("Read", "file_path", bad))
                        .contains("file_path: ")
                        .doesNotContain("path: path");
                assertThat(calls.fails("Write", "file_path", bad, "content", "x"))
                        .contains("file_path: ");
                assertThat(calls.fails("Edit", "file_path", bad, "old_string", "a", "new_string", "b"))
                        .contains("file_path: ");
                assertThat(calls.fails("NotebookEdit", "notebook_path", bad, "new_source", "x", "cell_id", "c"))
                        .contains("notebook_path: ");
            }
        }
    }
}
