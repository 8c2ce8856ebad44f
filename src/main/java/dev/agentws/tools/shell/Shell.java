package dev.agentws.tools.shell;

import dev.agentws.agent.tool.ToolOutput;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.files.Workspace;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The session's shell: a new process for each command, of which only the directory lasts to the next one. {@link #run} blocks and
 * belongs on a tool worker; {@link #close} does not.
 */
public final class Shell {
    /**
     * What all sessions share.
     *
     * @param tempDirectory an existing directory for the private files of running commands
     * @param callIds gives each command the id its processes are marked with; never the same twice
     */
    public record Means(
            ChildEnvironment environment,
            ShellPrograms programs,
            Path tempDirectory,
            CommandLimits limits,
            ShellThreads threads,
            Supplier<String> callIds) {}

    /**
     * How a command ended.
     *
     * @param notice what to tell about the shell's directory, or null
     */
    record Outcome(
            int exitCode,
            ShellRun.@Nullable Stop stopped,
            OutputExcerpt excerpt,
            @Nullable String notice) {}

    private final Workspace workspace;
    private final Map<String, String> sessionEnvironment;
    private final Means means;
    private final Set<ShellRun> running = ConcurrentHashMap.newKeySet();
    private volatile Path directory;
    private volatile boolean closed;

    public Shell(Workspace workspace, Map<String, String> sessionEnvironment, Means means) {
        this.workspace = workspace;
        this.sessionEnvironment = sessionEnvironment;
        this.means = means;
        directory = workspace.root();
    }

    Outcome run(String command, Duration timeout, ToolOutput output)
            throws ToolFailure, IOException, InterruptedException {
        Path start = workspace.realDirectoryInside(directory.toString());
        Path told = Files.createTempFile(means.tempDirectory(), "agentws-shell-", ".cwd");
        try {
            ShellRun run = start(command, start == null ? workspace.root() : start, told);
            running.add(run);
            try {
                if (closed) {
                    run.stop(ShellRun.Stop.CLOSED);
                }
                run.follow(timeout, output);
            } finally {
                running.remove(run);
            }
            String notice = settle(told, start == null);
            return new Outcome(run.exitCode(), run.stopped(), run.excerpt(), notice);
        } finally {
            Files.deleteIfExists(told);
        }
    }

    /** Where the next command starts. */
    Path directory() {
        return directory;
    }

    /** Ends what runs, without waiting for it. */
    public void close() {
        closed = true;
        for (ShellRun run : running) {
            means.threads().soon(() -> run.stop(ShellRun.Stop.CLOSED));
        }
    }

    private ShellRun start(String command, Path start, Path told) throws ToolFailure, IOException {
        List<String> words = new ArrayList<>(means.programs().prefix());
        words.add(ShellScript.of(command, told));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(start.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        String id = means.callIds().get();
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(means.environment().with(sessionEnvironment));
        environment.put("PWD", start.toString());
        environment.put(ChildEnvironment.MARK, id);
        if (closed) {
            throw new ToolFailure("The session is closed, no more commands are run.");
        }
        return new ShellRun(builder.start(), ChildEnvironment.MARK + "=" + id, means.limits(), means.threads());
    }

    /** Keeps the directory the command ended in if it is inside the fence, else goes back to the working directory. */
    private @Nullable String settle(Path told, boolean lostBefore) throws IOException {
        String text = Files.readString(told, StandardCharsets.UTF_8);
        // Empty when the command replaced the shell or the trap, or its directory is gone.
        String ended = text.endsWith("\n") ? text.substring(0, text.length() - 1) : directory.toString();
        Path inside = workspace.realDirectoryInside(ended);
        directory = inside == null ? workspace.root() : inside;
        return inside == null || lostBefore ? reset() : null;
    }

    private String reset() {
        return "Shell cwd was reset to " + workspace.root();
    }
}
