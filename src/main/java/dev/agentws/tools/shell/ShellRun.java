package dev.agentws.tools.shell;

import dev.agentws.agent.tool.ToolOutput;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running command, from its start until nothing of it is left. {@link #follow} belongs to the call's worker; {@link #stop} may
 * come from any thread that may block.
 */
final class ShellRun {
    /** Why a command was ended. */
    enum Stop {
        TIMEOUT,
        TOO_MUCH_OUTPUT,
        CLOSED
    }

    private enum Kind {
        STDOUT("stdout"),
        STDERR("stderr"),
        END_OF_PIPE(""),
        EXIT("");

        private final String stream;

        Kind(String stream) {
            this.stream = stream;
        }
    }

    private record Event(Kind kind, String text) {}

    private static final Logger LOG = LoggerFactory.getLogger(ShellRun.class);

    /** Pieces read ahead of a slow reader; beyond them the command waits. */
    private static final int PIECES_AHEAD = 16;

    private static final long PIPE_END_MILLIS = 500;
    private static final long EXIT_LOOK_MILLIS = 250;

    private final Process process;
    private final ProcessHunt hunt;
    private final CommandLimits limits;
    private final ShellThreads threads;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(PIECES_AHEAD);
    private final AtomicReference<@Nullable Stop> stopped = new AtomicReference<>();
    private final OutputExcerpt excerpt;
    private volatile boolean abandoned;
    private volatile boolean finished;
    private int openPipes = 2;
    private boolean exited;

    ShellRun(Process process, String mark, CommandLimits limits, ShellThreads threads) {
        this.process = process;
        this.limits = limits;
        this.threads = threads;
        hunt = new ProcessHunt(process, mark);
        excerpt = new OutputExcerpt(limits.inlineChars());
    }

    /** Waits for the end of the command and shows what it prints. Whatever happens, nothing of it runs afterwards. */
    void follow(Duration timeout, ToolOutput output) throws InterruptedException {
        boolean ended = false;
        Future<?> timer = threads.after(timeout, () -> stop(Stop.TIMEOUT));
        try {
            threads.readPipe(new PipeReader(process.getInputStream(), piece -> offer(Kind.STDOUT, piece)));
            threads.readPipe(new PipeReader(process.getErrorStream(), piece -> offer(Kind.STDERR, piece)));
            process.onExit().thenRun(() -> events.add(new Event(Kind.EXIT, "")));
            LiveOutput live = new LiveOutput(output, limits.liveChars());
            while (!exited) {
                // The event of the exit comes through a pool that others may hold up: hence the look now and then.
                Event event = events.poll(EXIT_LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (event == null) {
                    exited = !process.isAlive();
                } else {
                    handle(event, live);
                }
            }
            timer.cancel(false);
            hunt.kill();
            drain(live);
            ended = true;
        } finally {
            timer.cancel(false);
            if (!ended) {
                endNow();
            }
            finished = true;
        }
    }

    /** Asks the command to end, and makes it after the grace. The first reason counts. */
    void stop(Stop reason) {
        if (stopped.compareAndSet(null, reason)) {
            hunt.terminate();
            threads.after(limits.killGrace(), () -> {
                // Also when the shell itself is gone: its children may have ignored the signal.
                if (!finished) {
                    hunt.kill();
                }
            });
        }
    }

    @Nullable
    Stop stopped() {
        return stopped.get();
    }

    int exitCode() {
        return process.exitValue();
    }

    OutputExcerpt excerpt() {
        return excerpt;
    }

    /** Called on the pipe threads. */
    private void offer(Kind kind, String piece) throws InterruptedException {
        if (piece.isEmpty()) {
            events.add(new Event(Kind.END_OF_PIPE, ""));
            return;
        }
        room.acquire();
        if (!abandoned) {
            events.add(new Event(kind, piece));
        } else {
            room.release();
        }
    }

    private void handle(Event event, LiveOutput live) throws InterruptedException {
        switch (event.kind()) {
            case EXIT -> exited = true;
            case END_OF_PIPE -> openPipes--;
            case STDOUT, STDERR -> {
                room.release();
                take(event, live);
            }
        }
    }

    private void take(Event event, LiveOutput live) throws InterruptedException {
        if (stopped.get() == Stop.TOO_MUCH_OUTPUT) {
            return;
        }
        excerpt.add(event.text());
        if (excerpt.total() > limits.totalChars()) {
            stop(Stop.TOO_MUCH_OUTPUT);
        }
        live.show(event.kind().stream, event.text());
    }

    /** Takes what is still in the pipes. Nobody should hold them open any more; who does is ended too. */
    private void drain(LiveOutput live) throws InterruptedException {
        for (int attempt = 0; attempt < 3 && openPipes > 0; attempt++) {
            Event event = events.poll(PIPE_END_MILLIS, TimeUnit.MILLISECONDS);
            while (event != null) {
                handle(event, live);
                event = openPipes > 0 ? events.poll(PIPE_END_MILLIS, TimeUnit.MILLISECONDS) : null;
            }
            if (openPipes > 0) {
                hunt.killPipeHolders();
            }
        }
        if (openPipes > 0) {
            abandon();
            LOG.warn("the output of a command is still open after its end; its last part may be missing");
        }
    }

    /** For a cancelled call: the polite signal, the grace, then the end, all before the call returns. */
    private void endNow() {
        abandon();
        boolean interrupted = Thread.interrupted();
        try {
            hunt.terminate();
            process.waitFor(limits.killGrace().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException again) {
            // Asked twice: no grace then.
            interrupted = true;
        }
        hunt.kill();
        hunt.killPipeHolders();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void abandon() {
        abandoned = true;
        room.release(PIECES_AHEAD);
    }
}
