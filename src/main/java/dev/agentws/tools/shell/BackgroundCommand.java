package dev.agentws.tools.shell;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One command that runs, or ran, beside the conversation. Thread-safe. */
final class BackgroundCommand {
    private final String id;
    private final String command;
    private final ShellRun run;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean over;
    private long told;

    BackgroundCommand(String id, String command, ShellRun run) {
        this.id = id;
        this.command = command;
        this.run = run;
    }

    String id() {
        return id;
    }

    String command() {
        return command;
    }

    ShellRun run() {
        return run;
    }

    boolean running() {
        return !over;
    }

    /** From now on it counts as ended. */
    void over() {
        over = true;
    }

    /** Lets those go on who wait for the end. */
    void release() {
        ended.countDown();
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Whether it has ended within that time. */
    boolean awaitEnd(Duration atMost) throws InterruptedException {
        return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** One word: {@code running}, {@code completed}, {@code failed} or {@code killed}. */
    String status() {
        if (running()) {
            return "running";
        }
        if (run.stopped() != null) {
            return "killed";
        }
        return run.exitCode() == 0 ? "completed" : "failed";
    }

    /** How it ended, the end of a sentence. */
    String ending() {
        if (running()) {
            return "is running";
        }
        if (run.stopped() == null) {
            return "ended with exit code " + run.exitCode() + ".";
        }
        return switch (Objects.requireNonNull(run.stopped())) {
            case TIMEOUT -> "was killed when its time was over.";
            case TOO_MUCH_OUTPUT -> "was killed because it printed too much.";
            case KILLED -> "was killed as asked for.";
            case CLOSED -> "was killed because the session ended.";
            case UNOWNED ->
                "was killed because the server could not tell whether the session was still its own; how far it came is not known.";
        };
    }

    /** Where in the file the next look begins; moves to {@code end}. */
    synchronized long lookedUpTo(long end) {
        long before = told;
        told = end;
        return before;
    }
}
