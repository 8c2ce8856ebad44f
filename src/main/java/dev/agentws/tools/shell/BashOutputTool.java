package dev.agentws.tools.shell;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.PatternSize;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Shows what a command in the background has printed since the last look. */
public final class BashOutputTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("BashOutput", """
            Shows what a command in the background has printed since the last look, and how it stands.
            - You are told when a command ends, so there is no need to ask again and again.
            - block waits for its end, for timeout milliseconds at most.
            - filter keeps only the lines that match; the others are not shown later either.""", """
            {"type":"object","properties":{
            "bash_id":{"type":"string","description":"The id that Bash gave."},
            "filter":{"type":"string","description":"A regular expression (RE2)."},
            "block":{"type":"boolean","description":"Wait for the end of the command."},
            "timeout":{"type":"integer","minimum":1,"description":"Milliseconds to wait: 30,000 unless given, 600,000 at most."}},
            "required":["bash_id"],"additionalProperties":false}""");

    private static final long DEFAULT_WAIT_MILLIS = 30_000;

    private final Shell shell;
    private final CommandLimits limits;

    public BashOutputTool(Shell shell, CommandLimits limits) {
        this.shell = shell;
        this.limits = limits;
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure {
        String id = input.either("bash_id", "task_id");
        String filter = input.optionalText("filter");
        boolean block = input.flag("block", false);
        long timeout = input.number("timeout", DEFAULT_WAIT_MILLIS, 1);
        input.end();
        BackgroundCommand command = shell.background().require(id);
        Pattern pattern = filter == null ? null : pattern(input, filter);
        Duration wait = Duration.ofMillis(Math.min(timeout, limits.maxTimeout().toMillis()));
        return BuiltInTool.ready(Access.none(), "Look at the output of " + id, output -> {
            boolean late = block && !command.awaitEnd(wait);
            String seen = look(command, pattern);
            return ToolResult.of(late ? seen + "\n(It has not ended within " + wait.toMillis() + " ms.)" : seen);
        });
    }

    private static Pattern pattern(ToolInput input, String filter) throws ToolFailure {
        if (PatternSize.isTooLarge(filter)) {
            throw input.wrong("filter", "a smaller regular expression, as this has too many repetitions");
        }
        try {
            return Pattern.compile(filter);
        } catch (PatternSyntaxException wrong) {
            throw input.wrong("filter", "a regular expression of RE2; " + wrong.getMessage());
        }
    }

    private String look(BackgroundCommand command, @Nullable Pattern pattern) throws IOException {
        // In this order: what is printed in between is in the next look.
        String state = command.id() + " " + command.ending();
        OutputExcerpt fresh = new OutputExcerpt(limits.inlineChars());
        Path file = command.run().output().file();
        if (file != null) {
            long end = command.run().output().fileBytes();
            long start = command.lookedUpTo(end);
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(start);
                FilteredLines lines = new FilteredLines(pattern, fresh::add);
                new PipeReader(new Bounded(in, end - start), lines::take).run();
                lines.end();
            }
        }
        String text = fresh.text(limits.inlineChars()).stripTrailing();
        return state + "\n" + (text.isEmpty() ? "(no new output)" : text);
    }

    /** Only so many bytes of a file that grows meanwhile. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long left) {
            super(in);
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }
}
