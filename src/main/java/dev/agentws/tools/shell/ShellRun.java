package dev.agentws.tools.shell;

import dev.agentws.agent.tool.ToolOutput;
import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running command, from its start until nothing of it is left. {@link #follow} belongs to one thread at a time: the call's worker,
 * and another one when the command goes on in the background. {@link #stop} may come from any thread that may block.
 */
final class ShellRun {
    /** Why a command was ended. */
    enum Stop {
        TIMEOUT,
        TOO_MUCH_OUTPUT,
        KILLED,
        CLOSED,
        /** Its session may be another server's. */
        UNOWNED
    }

    private enum Kind {
        STDOUT("stdout"),
        STDERR("stderr"),
        END_OF_PIPE(""),
        EXIT(""),
        LEAVE("");

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

    private final Process process;
    private final Hunt hunt;
    private final Runnable over;
    private final CommandLimits limits;
    private final ShellThreads threads;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(PIECES_AHEAD);
    private final AtomicReference<@Nullable Stop> stopped = new AtomicReference<>();
    private final AtomicBoolean halted = new AtomicBoolean();
    private final CommandOutput output;
    private final Path told;
    private volatile boolean abandoned;
    private volatile boolean finished;
    private int openPipes = 2;
    private boolean exited;

    private ShellRun(
            CommandStarter.Started started,
            Path told,
            CommandLimits limits,
            ShellThreads threads,
            CommandOutput output) {
        this.told = told;
        process = started.process();
        hunt = started.hunt();
        over = started.over();
        this.limits = limits;
        this.threads = threads;
        this.output = output;
    }

    /**
     * Starts a command from a thread that stays until it has ended: the kernel ties the life of a sandbox to the thread it was started
     * from, and the workers come and go.
     */
    static ShellRun start(
            CommandStarter starter,
            CommandStarter.Call call,
            CommandLimits limits,
            ShellThreads threads,
            CommandOutput output)
            throws ToolFailure, IOException {
        CompletableFuture<ShellRun> begun = new CompletableFuture<>();
        threads.serve(() -> {
            try {
                ShellRun run = new ShellRun(starter.start(call), call.told(), limits, threads, output);
                begun.complete(run);
                run.stay();
            } catch (ToolFailure | IOException | RuntimeException failure) {
                begun.completeExceptionally(failure);
            }
        });
        try {
            return begun.join();
        } catch (CompletionException failure) {
            Throwable cause = failure.getCause();
            if (cause instanceof ToolFailure refused) {
                throw refused;
            }
            if (cause instanceof IOException io) {
                throw io;
            }
            throw failure;
        }
    }

    private void stay() {
        threads.serve(new PipeReader(process.getInputStream(), piece -> offer(Kind.STDOUT, piece)));
        threads.serve(new PipeReader(process.getErrorStream(), piece -> offer(Kind.STDERR, piece)));
        boolean ended = false;
        while (!ended) {
            try {
                process.waitFor();
                ended = true;
            } catch (InterruptedException ignored) {
                // Nobody interrupts these threads; leaving now would end the command.
                LOG.debug("a thread that waits for a command was interrupted");
            }
        }
        events.add(new Event(Kind.EXIT, ""));
    }

    /**
     * Waits for the end of the command and shows what it prints. Whatever happens, nothing of it runs afterwards, except when it may
     * leave.
     *
     * @param mayLeave whether it goes on after the timeout instead of being ended
     * @return false when it goes on: somebody else has to follow it then
     */
    boolean follow(Duration timeout, boolean mayLeave, ToolOutput shown) throws InterruptedException {
        boolean settled = false;
        Future<?> timer = threads.after(
                timeout, mayLeave ? () -> events.add(new Event(Kind.LEAVE, "")) : () -> stop(Stop.TIMEOUT));
        try {
            LiveOutput live = new LiveOutput(shown, limits.liveChars());
            while (!exited) {
                Event event = events.take();
                if (event.kind() == Kind.LEAVE) {
                    settled = true;
                    return false;
                }
                handle(event, live);
            }
            timer.cancel(false);
            hunt.sweep();
            drain(live);
            settled = true;
            return true;
        } finally {
            timer.cancel(false);
            if (!settled) {
                endNow();
            }
            if (!settled || exited) {
                finished = true;
                over.run();
                output.close();
            }
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

    /** Ends it without any grace, because another server may do the same work at any moment. Never blocks; idempotent. */
    void halt() {
        if (!finished && halted.compareAndSet(false, true)) {
            LOG.warn("a command is ended: its session may be another server's");
            stopped.compareAndSet(null, Stop.UNOWNED);
            threads.serve(hunt::kill);
        }
    }

    @Nullable
    Stop stopped() {
        return stopped.get();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** The file it writes its last directory to. */
    Path told() {
        return told;
    }

    CommandOutput output() {
        return output;
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
            case LEAVE -> LOG.debug("a command ended at the moment of its timeout");
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
        output.add(event.text());
        if (output.excerpt().total() > limits.totalChars()) {
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
