package dev.agentws.tools.shell;

import dev.agentws.agent.model.ToolSpec;
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
            the working directory; variables and functions do not. Keep files in the working directory: /tmp may be gone with the command.
            - Its timeout is 120,000 ms unless given, 600,000 ms at most. After that it is killed, or goes on in the background.
            - run_in_background: it returns at once and the command runs beside the conversation, for half an hour unless timeout says \
            otherwise. You are told when it ends; look at its output with BashOutput or Read, end it with KillShell.
            - A long output is kept in a file, of which you see the beginning; narrow it down with head, tail or grep.
            - Quote paths with blanks. Join steps that depend on each other with &&.
            - For files prefer the tools made for them: Read, Write, Edit, Glob, Grep.""", """
            {"type":"object","properties":{
            "command":{"type":"string","maxLength":100000,"description":"The command line."},
            "timeout":{"type":"integer","minimum":1,"description":"Milliseconds the command may take."},
            "description":{"type":"string","description":"What the command does, in five to ten words."},
            "run_in_background":{"type":"boolean","description":"Return at once and let the command run on."}},
            "required":["command"],"additionalProperties":false}""");

    private static final int MAX_COMMAND_CHARS = 100_000;
    private static final int SHOWN_COMMAND_CHARS = 200;
    private static final int SHOWN_DESCRIPTION_CHARS = 100;
    private static final int PREVIEW_CHARS = 2_000;

    private final Shell shell;
    private final CommandLimits limits;

    public BashTool(Shell shell, CommandLimits limits) {
        this.shell = shell;
        this.limits = limits;
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure {
        String command = input.filledText("command");
        boolean background = input.flag("run_in_background", false);
        Duration fallback = background ? limits.backgroundTimeout() : limits.defaultTimeout();
        Duration most = background ? limits.maxBackgroundTimeout() : limits.maxTimeout();
        long timeout = input.number("timeout", fallback.toMillis(), 1);
        String description = input.optionalText("description");
        input.unsupported("dangerouslyDisableSandbox");
        input.end();
        check(command, input);
        Duration span = Duration.ofMillis(Math.min(timeout, most.toMillis()));
        String aside = description == null || description.isBlank()
                ? ""
                : " (said to: " + Shown.line(description, SHOWN_DESCRIPTION_CHARS) + ")";
        return BuiltInTool.ready(
                shell.access(command),
                (background ? "Run the command in the background: " : "Run the command: ")
                        + Shown.line(command, SHOWN_COMMAND_CHARS)
                        + aside,
                output -> background ? begin(command, span) : run(command, span, output));
    }

    private static void check(String command, ToolInput input) throws ToolFailure {
        if (command.length() > MAX_COMMAND_CHARS) {
            throw new ToolFailure("command: " + command.length() + " chars (expected: at most " + MAX_COMMAND_CHARS
                    + "; write a script with Write and run that)");
        }
        if (command.indexOf('\0') >= 0) {
            throw input.wrong("command", "no NUL characters");
        }
        Utf8Text.encode("command", command);
    }

    private ToolResult begin(String command, Duration life) throws ToolFailure, IOException {
        String id = shell.runInBackground(command, life);
        return ToolResult.of("The command runs in the background with the id " + id + whereItsOutputIs(id));
    }

    private ToolResult run(String command, Duration timeout, ToolOutput output)
            throws ToolFailure, IOException, InterruptedException {
        boolean mayLeave = Leaving.mayLeave(command) && shell.background().hasRoom();
        Shell.Outcome outcome = shell.run(command, timeout, mayLeave, output);
        String background = outcome.background();
        ToolResult result;
        if (background != null) {
            result = left(background, timeout, outcome);
        } else {
            result = outcome.stopped() == null ? ended(command, outcome) : stopped(outcome, timeout);
        }
        return outcome.notice() == null ? result : result.withText(result.text() + "\n" + outcome.notice());
    }

    private String whereItsOutputIs(String id) {
        BackgroundCommand command = shell.background().find(id);
        String file = command == null ? "its file" : command.run().output().place();
        return ". Its output goes to " + file + ". You will be told when it ends; until then look at it with BashOutput"
                + " or Read, and end it with KillShell.";
    }

    private ToolResult left(String id, Duration timeout, Shell.Outcome outcome) {
        String sofar = printed(outcome, PREVIEW_CHARS);
        return ToolResult.of("The command did not end within its timeout of " + timeout.toMillis()
                + " ms and was moved to the background with the id " + id + whereItsOutputIs(id)
                + (sofar.isBlank() ? "" : "\nIt printed so far:\n" + sofar));
    }

    private ToolResult ended(String command, Shell.Outcome outcome) {
        int code = outcome.exitCode();
        boolean answer = code == 1 && BenignExit.answers(command);
        if (code != 0 && !answer) {
            return ToolResult.error(
                    ("Exit code " + code + "\n" + printed(outcome, limits.failureChars())).stripTrailing());
        }
        String text = succeeded(outcome);
        if (text.isBlank()) {
            text = "(Bash completed with no output)";
        }
        return ToolResult.of(answer ? text + "\n(exit code 1)" : text);
    }

    private String succeeded(Shell.Outcome outcome) {
        CommandOutput output = outcome.output();
        OutputExcerpt excerpt = output.excerpt();
        if (excerpt.total() <= limits.inlineChars() || output.file() == null || !output.complete()) {
            return printed(outcome, limits.inlineChars());
        }
        return "The output has " + excerpt.total() + " characters and is kept in " + output.place()
                + " (look at parts of it with Read or Grep). It begins with:\n" + excerpt.head(PREVIEW_CHARS);
    }

    private ToolResult stopped(Shell.Outcome outcome, Duration timeout) {
        String reason =
                switch (Objects.requireNonNull(outcome.stopped())) {
                    case TIMEOUT ->
                        "The command did not end within its timeout of " + timeout.toMillis() + " ms and was killed.";
                    case TOO_MUCH_OUTPUT ->
                        "The command printed more than " + limits.totalChars()
                                + " characters and was killed. Let it print less, or into a file.";
                    case KILLED -> "The command was killed.";
                    case CLOSED -> "The session was closed while the command ran, so it was killed.";
                    case UNOWNED ->
                        "The command was killed because the server could not tell for a while whether the session was still"
                                + " its own. How far it came is not known.";
                };
        return ToolResult.error((reason + "\n" + printed(outcome, limits.failureChars())).stripTrailing());
    }

    private static String printed(Shell.Outcome outcome, int most) {
        return outcome.output().excerpt().text(most).stripTrailing();
    }
}
