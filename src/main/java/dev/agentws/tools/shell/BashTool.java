package dev.agentws.tools.shell;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolOutput;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import dev.agentws.tools.call.Utf8Text;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/** Runs commands in a shell. */
public final class BashTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("Bash", """
            Runs a command with bash and gives back what it prints and, if it is not 0, its exit code.
            - Each command is a process of its own, without input. Only the directory (cd) lasts to the next command, and only inside \
            the working directory; variables, functions and background processes do not last.
            - It is killed after its timeout: 120,000 ms unless given, 600,000 ms at most.
            - Of a long output only the beginning and the end come back; narrow it down with head, tail or grep.
            - Quote paths with blanks. Join steps that depend on each other with &&.
            - For files prefer the tools made for them: Read, Write, Edit, Glob, Grep.""", """
            {"type":"object","properties":{
            "command":{"type":"string","maxLength":100000,"description":"The command line."},
            "timeout":{"type":"integer","minimum":1,"description":"Milliseconds after which the command is killed."},
            "description":{"type":"string","description":"What the command does, in five to ten words."}},
            "required":["command"],"additionalProperties":false}""");

    private static final int MAX_COMMAND_CHARS = 100_000;
    private static final int SHOWN_COMMAND_CHARS = 200;
    private static final int SHOWN_DESCRIPTION_CHARS = 100;

    private final Shell shell;
    private final CommandLimits limits;

    public BashTool(Shell shell, CommandLimits limits) {
        this.shell = shell;
        this.limits = limits;
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure {
        String command = input.filledText("command");
        long timeout = input.number("timeout", limits.defaultTimeout().toMillis(), 1);
        String description = input.optionalText("description");
        input.unsupported("run_in_background");
        input.unsupported("dangerouslyDisableSandbox");
        input.end();
        if (command.length() > MAX_COMMAND_CHARS) {
            throw new ToolFailure("command: " + command.length() + " chars (expected: at most " + MAX_COMMAND_CHARS
                    + "; write a script with Write and run that)");
        }
        if (command.indexOf('\0') >= 0) {
            throw input.wrong("command", "no NUL characters");
        }
        Utf8Text.encode("command", command);
        Duration span = Duration.ofMillis(Math.min(timeout, limits.maxTimeout().toMillis()));
        String aside = description == null || description.isBlank()
                ? ""
                : " (said to: " + Shown.line(description, SHOWN_DESCRIPTION_CHARS) + ")";
        return BuiltInTool.ready(
                Access.run(command, shell.directory(), Access.Fence.OPEN),
                "Run the command: " + Shown.line(command, SHOWN_COMMAND_CHARS) + aside,
                output -> run(command, span, output));
    }

    private ToolResult run(String command, Duration timeout, ToolOutput output)
            throws ToolFailure, IOException, InterruptedException {
        Shell.Outcome outcome = shell.run(command, timeout, output);
        ToolResult result = outcome.stopped() == null ? ended(command, outcome) : stopped(outcome, timeout);
        return outcome.notice() == null ? result : result.withText(result.text() + "\n" + outcome.notice());
    }

    private ToolResult ended(String command, Shell.Outcome outcome) {
        int code = outcome.exitCode();
        boolean answer = code == 1 && BenignExit.answers(command);
        if (code != 0 && !answer) {
            return ToolResult.error(
                    ("Exit code " + code + "\n" + printed(outcome, limits.failureChars())).stripTrailing());
        }
        String text = printed(outcome, limits.inlineChars());
        if (text.isBlank()) {
            text = "(Bash completed with no output)";
        }
        return ToolResult.of(answer ? text + "\n(exit code 1)" : text);
    }

    private ToolResult stopped(Shell.Outcome outcome, Duration timeout) {
        String reason =
                switch (Objects.requireNonNull(outcome.stopped())) {
                    case TIMEOUT ->
                        "The command did not end within its timeout of " + timeout.toMillis() + " ms and was killed.";
                    case TOO_MUCH_OUTPUT ->
                        "The command printed more than " + limits.totalChars()
                                + " characters and was killed. Let it print less, or into a file.";
                    case CLOSED -> "The session was closed while the command ran, so it was killed.";
                };
        return ToolResult.error((reason + "\n" + printed(outcome, limits.failureChars())).stripTrailing());
    }

    private static String printed(Shell.Outcome outcome, int most) {
        return outcome.excerpt().text(most).stripTrailing();
    }
}
