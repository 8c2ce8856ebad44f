package dev.agentws.tools.shell;

import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The commands of one session that run on after their call, and what is to be told of them. Thread-safe. */
final class BackgroundCommands {
    /** Each holds threads and memory of the server. */
    static final int MOST = 16;

    private static final int KEPT_AFTER_END = 64;
    private static final int SHOWN_COMMAND_CHARS = 200;

    private final ShellThreads threads;
    private final Map<String, BackgroundCommand> commands = new LinkedHashMap<>();
    private final Queue<String> notices = new ConcurrentLinkedQueue<>();
    /** Those whose end is not told yet; they may have ended already. */
    private final AtomicInteger followed = new AtomicInteger();

    private boolean closed;

    BackgroundCommands(ShellThreads threads) {
        this.threads = threads;
    }

    /** @throws ToolFailure when there are too many already */
    synchronized void requireRoom() throws ToolFailure {
        if (!hasRoom()) {
            throw new ToolFailure(MOST + " commands run in the background already (expected: fewer than " + MOST
                    + "; end one with KillShell first)");
        }
    }

    /** Whether one more may run. */
    synchronized boolean hasRoom() {
        return running() < MOST;
    }

    /** Whether none runs, and the end of none waits to be told. */
    boolean quiet() {
        return followed.get() == 0 && notices.isEmpty();
    }

    private long running() {
        return commands.values().stream().filter(BackgroundCommand::running).count();
    }

    /** Follows a command until it ends or its life is over. What it prints goes to its file. */
    void adopt(String id, String command, ShellRun run, Duration life) {
        run.output().keepInFile();
        BackgroundCommand background = new BackgroundCommand(id, command, run);
        synchronized (this) {
            commands.put(id, background);
            forgetOldest();
            if (closed) {
                threads.serve(() -> run.stop(ShellRun.Stop.CLOSED));
            }
        }
        followed.incrementAndGet();
        threads.serve(() -> follow(background, life));
    }

    private void follow(BackgroundCommand background, Duration life) {
        try {
            background.run().follow(life, false, (stream, text) -> {});
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            background.over();
            // Who waited for the end finds it told.
            notices.add(notice(background));
            followed.decrementAndGet();
            background.release();
        }
    }

    /** Those that ended longest ago. */
    private void forgetOldest() {
        List<String> ended = new ArrayList<>();
        commands.forEach((id, command) -> {
            if (!command.running()) {
                ended.add(id);
            }
        });
        ended.stream().limit(Math.max(0, ended.size() - KEPT_AFTER_END)).forEach(commands::remove);
    }

    /** @throws ToolFailure that names those there are */
    synchronized BackgroundCommand require(String id) throws ToolFailure {
        BackgroundCommand found = commands.get(id);
        if (found == null) {
            throw new ToolFailure(Shown.line(id, 100) + ": no such command in the background (expected: "
                    + (commands.isEmpty() ? "none was started" : "one of " + String.join(", ", commands.keySet()))
                    + ")");
        }
        return found;
    }

    synchronized @Nullable BackgroundCommand find(String id) {
        return commands.get(id);
    }

    /** What has not been told yet. */
    List<String> takeNotices() {
        if (notices.isEmpty()) {
            return List.of();
        }
        Queue<String> taken = new ArrayDeque<>();
        for (String notice = notices.poll(); notice != null; notice = notices.poll()) {
            taken.add(notice);
        }
        return List.copyOf(taken);
    }

    /** Ends those that run, at once; more may be started afterwards. Never blocks. */
    synchronized void halt() {
        commands.values().stream().filter(BackgroundCommand::running).forEach(command -> command.run()
                .halt());
    }

    /** Ends all of them and waits until they are gone. */
    void close() throws InterruptedException {
        List<BackgroundCommand> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(commands.values());
        }
        all.forEach(command -> command.run().stop(ShellRun.Stop.CLOSED));
        for (BackgroundCommand command : all) {
            command.awaitEnd();
        }
    }

    private static String notice(BackgroundCommand background) {
        return "<task-notification>\n<task-id>" + background.id() + "</task-id>\n<status>"
                + background.status() + "</status>\n<output-file>"
                + background.run().output().place() + "</output-file>\n<summary>The command "
                + Shown.line(background.command(), SHOWN_COMMAND_CHARS) + " " + background.ending()
                + "</summary>\n</task-notification>";
    }
}
