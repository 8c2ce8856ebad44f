package dev.agentws.tools;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import java.util.ArrayList;
import java.util.List;

/** Keeps the model's list of steps, which people follow its progress by. */
final class TodoTool {
    static final ToolSpec SPEC = BuiltInTool.spec("TodoWrite", """
            Keeps the list of steps of the work at hand, which the person sees as progress. Each call replaces the whole list.
            - Use it for work of three steps or more; leave it alone for simple requests.
            - Set a step to in_progress before you begin it, one at a time, and to completed as soon as it is really done.
            - content says what to do ("Run the tests"), activeForm what is being done ("Running the tests").""", """
            {"type":"object","properties":{"todos":{"type":"array","maxItems":200,"description":"The whole list, in order.",
            "items":{"type":"object","properties":{
            "content":{"type":"string","minLength":1,"description":"The step, as a request."},
            "status":{"type":"string","enum":["pending","in_progress","completed"],"description":"How far the step is."},
            "activeForm":{"type":"string","minLength":1,"description":"The step while it is under way."}},
            "required":["content","status","activeForm"],"additionalProperties":false}}},
            "required":["todos"],"additionalProperties":false}""");

    private static final int MAX_TODOS = 200;

    private static final List<String> STATES = List.of("pending", "in_progress", "completed");

    /** One step. */
    record Todo(String content, String status, String activeForm) {}

    private volatile List<Todo> todos = List.of();

    ToolPlan plan(ToolInput input) throws ToolFailure {
        List<ToolInput> items = input.objects("todos");
        input.end();
        if (items.size() > MAX_TODOS) {
            throw new ToolFailure("todos: " + items.size() + " items (expected: at most " + MAX_TODOS + ")");
        }
        List<Todo> wanted = new ArrayList<>(items.size());
        for (ToolInput item : items) {
            String content = item.filledText("content");
            item.filledText("status");
            wanted.add(new Todo(content, item.choice("status", "", STATES), item.filledText("activeForm")));
            item.end();
        }
        return BuiltInTool.ready(Access.none(), "Update the list of steps", output -> {
            todos = List.copyOf(wanted);
            return ToolResult.of(summary(wanted));
        });
    }

    /** The list as the model left it. */
    List<Todo> todos() {
        return todos;
    }

    private static String summary(List<Todo> todos) {
        return "Todos have been modified successfully. The list has " + todos.size()
                + (todos.size() == 1 ? " step: " : " steps: ")
                + count(todos, "completed") + " completed, " + count(todos, "in_progress") + " in progress, "
                + count(todos, "pending") + " pending. Keep it up to date as the work goes on.";
    }

    private static long count(List<Todo> todos, String status) {
        return todos.stream().filter(todo -> todo.status().equals(status)).count();
    }
}
