package dev.agentws.tools.shell;

import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolOutput;
import dev.agentws.agent.tool.ToolSetup;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.files.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session's shell: a new process for each command, of which only the directory lasts to the next one, and the commands that run on
 * in the background. {@link #run} blocks and belongs on a tool worker; {@link #close} does not.
 */
public final class Shell {
    private static final Logger LOG = LoggerFactory.getLogger(Shell.class);

    /** A path is not longer; a command may write what it likes there. */
    private static final int MAX_TOLD_BYTES = 8_192;

    /**
     * What all sessions share.
     *
     * @param tempDirectory an existing directory for the private files of sessions, links resolved
     * @param watchdog ends commands that run without a sandbox when the server is killed
     * @param callIds gives each command the id its processes are marked with; never the same twice
     */
    public record Means(
            ChildEnvironment environment,
            ShellPrograms programs,
            Sandbox sandbox,
            Path tempDirectory,
            CommandLimits limits,
            ShellThreads threads,
            Watchdog watchdog,
            Supplier<String> callIds) {}

    /**
     * How a command ended, or that it runs on.
     *
     * @param exitCode of no meaning while it runs on
     * @param notice what to tell about the shell's directory, or null
     * @param background the id under which it runs on, or null
     */
    record Outcome(
            int exitCode,
            ShellRun.@Nullable Stop stopped,
            CommandOutput output,
            @Nullable String notice,
            @Nullable String background) {}

    private final Workspace workspace;
    private final Means means;
    private final SessionFiles files;
    private final CommandStarter starter;
    private final BackgroundCommands background;
    private final Set<ShellRun> running = new HashSet<>();
    private final AtomicInteger names = new AtomicInteger();
    private volatile Path directory;
    private int calls;
    private boolean closed;

    private Shell(Workspace workspace, Means means, SessionFiles files, CommandStarter starter) {
        this.workspace = workspace;
        this.means = means;
        this.files = files;
        this.starter = starter;
        background = new BackgroundCommands(means.threads());
        directory = workspace.root();
    }

    /** @param files the session's own, which the shell removes at the end */
    public static Shell open(Workspace workspace, ToolSetup setup, Means means, SessionFiles files) {
        CommandStarter starter;
        if (means.sandbox() instanceof Bubblewrap bubblewrap) {
            List<Path> directories = new ArrayList<>(List.of(setup.workingDirectory()));
            directories.addAll(setup.moreDirectories());
            Map<String, String> environment =
                    means.environment().with(SandboxStarter.surroundings(), setup.environment());
            String name = means.callIds().get();
            starter = new SandboxStarter(bubblewrap, files, directories, environment, name);
        } else {
            starter = new PlainStarter(
                    means.programs(), means.watchdog(), means.environment().with(setup.environment()));
        }
        return new Shell(workspace, means, files, starter);
    }

    /** Runs a command to its end, or to its timeout if it may go on after that. */
    Outcome run(String command, Duration timeout, boolean mayLeave, ToolOutput output)
            throws ToolFailure, IOException, InterruptedException {
        Path start = workspace.realDirectoryInside(directory.toString());
        begin();
        try {
            ShellRun run = start(command, start);
            track(run);
            try {
                if (!run.follow(timeout, mayLeave, output)) {
                    String name = goOn(command, run, means.limits().backgroundTimeout());
                    return new Outcome(0, null, run.output(), start == null ? reset() : null, name);
                }
            } finally {
                untrack(run);
            }
            String notice = settle(run.told(), start == null);
            return new Outcome(run.exitCode(), run.stopped(), run.output(), notice, null);
        } finally {
            end();
        }
    }

    /** Starts a command that runs on by itself; gives its id. */
    String runInBackground(String command, Duration life) throws ToolFailure, IOException {
        background.requireRoom();
        begin();
        try {
            ShellRun run = start(command, workspace.realDirectoryInside(directory.toString()));
            return goOn(command, run, life);
        } finally {
            end();
        }
    }

    private String goOn(String command, ShellRun run, Duration life) {
        String name = "bash_" + names.incrementAndGet();
        background.adopt(name, command, run, life);
        return name;
    }

    /** From here to {@link #end} the session's private files stay. */
    private synchronized void begin() throws ToolFailure {
        if (closed) {
            throw new ToolFailure("The session is closed, no more commands are run.");
        }
        calls++;
    }

    private synchronized void end() {
        calls--;
        notifyAll();
    }

    private synchronized void track(ShellRun run) {
        running.add(run);
        if (closed) {
            means.threads().serve(() -> run.stop(ShellRun.Stop.CLOSED));
        }
    }

    private synchronized void untrack(ShellRun run) {
        running.remove(run);
    }

    private ShellRun start(String command, @Nullable Path start) throws ToolFailure, IOException {
        String id = means.callIds().get();
        Path told = Files.createFile(files.file(id + ".cwd"));
        CommandStarter.Call call = new CommandStarter.Call(id, command, start == null ? workspace.root() : start, told);
        CommandOutput output = new CommandOutput(means.limits().inlineChars(), files, id + ".output");
        return ShellRun.start(starter, call, means.limits(), means.threads(), output);
    }

    /** Where the next command starts. */
    Path directory() {
        return directory;
    }

    /** What a command line would touch, for the permission rules. */
    Access access(String command) {
        return Access.run(command, directory, means.sandbox().kind().fence());
    }

    BackgroundCommands background() {
        return background;
    }

    /** The ends of background commands that have not been told yet. Never blocks. */
    public List<String> takeNotices() {
        return background.takeNotices();
    }

    /** Whether nothing runs, and no end of a background command waits to be told. Never blocks. */
    public boolean quiet() {
        return background.quiet();
    }

    /** Ends what runs, at once; more may be run afterwards. Never blocks. */
    public synchronized void halt() {
        running.forEach(ShellRun::halt);
        background.halt();
    }

    /** Ends what runs and removes what the session left, without waiting for it. */
    public synchronized void close() {
        closed = true;
        for (ShellRun run : running) {
            means.threads().serve(() -> run.stop(ShellRun.Stop.CLOSED));
        }
        means.threads().serve(this::tidy);
    }

    private void tidy() {
        try {
            background.close();
            awaitCalls();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            LOG.warn("interrupted before the commands of a session had ended");
        }
        starter.close();
        files.delete();
    }

    private synchronized void awaitCalls() throws InterruptedException {
        while (calls > 0) {
            wait();
        }
    }

    /** Keeps the directory the command ended in if it is inside the fence, else goes back to the working directory. */
    private @Nullable String settle(Path told, boolean lostBefore) throws IOException {
        String text = "";
        try (InputStream in = Files.newInputStream(told)) {
            text = new String(in.readNBytes(MAX_TOLD_BYTES), StandardCharsets.UTF_8);
            Files.delete(told);
        } catch (NoSuchFileException gone) {
            LOG.debug("a command removed the file that it tells its directory in");
        }
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
