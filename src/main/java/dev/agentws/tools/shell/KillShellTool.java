package dev.agentws.tools.shell;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;

/** Ends a command in the background. */
public final class KillShellTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("KillShell", """
            Ends a command that runs in the background, with all processes it started.
            - It is asked to end first and killed if it does not.
            - Its output so far stays in its file.""", """
            {"type":"object","properties":{
            "shell_id":{"type":"string","description":"The id that Bash gave."}},
            "required":["shell_id"],"additionalProperties":false}""");

    private static final int SHOWN_COMMAND_CHARS = 200;

    private final Shell shell;

    public KillShellTool(Shell shell) {
        this.shell = shell;
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure {
        String id = input.either("shell_id", "task_id");
        input.end();
        BackgroundCommand command = shell.background().require(id);
        return BuiltInTool.ready(Access.none(), "End the background command " + id, output -> {
            if (!command.running()) {
                throw new ToolFailure(id + " has ended already: it " + command.ending());
            }
            command.run().stop(ShellRun.Stop.KILLED);
            command.awaitEnd();
            return ToolResult.of(
                    id + " (" + Shown.line(command.command(), SHOWN_COMMAND_CHARS) + ") " + command.ending());
        });
    }
}
