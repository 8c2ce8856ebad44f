package dev.agentws.tools;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that tool calls run on, where blocking is allowed. Threads are named {@code agentws-tool-N}, made on demand, and end
 * when idle. Thread-safe.
 */
public final class ToolWorkers implements Executor, AutoCloseable {
    /** Enough for many sessions whose tools mostly wait for disks and commands. */
    public static final int DEFAULT_MAX_THREADS = 64;

    /** A backlog longer than this means minutes of waiting: better told to the caller than kept. */
    public static final int DEFAULT_MAX_WAITING = 1_024;

    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor pool;
    private final int maxThreads;
    private final int maxWaiting;

    public ToolWorkers() {
        this(DEFAULT_MAX_THREADS, DEFAULT_MAX_WAITING);
    }

    /**
     * @param maxThreads calls that run at one time
     * @param maxWaiting calls that wait for a thread
     */
    public ToolWorkers(int maxThreads, int maxWaiting) {
        if (maxThreads < 1) {
            throw new IllegalArgumentException("maxThreads: " + maxThreads + " (expected: at least 1)");
        }
        if (maxWaiting < 1) {
            throw new IllegalArgumentException("maxWaiting: " + maxWaiting + " (expected: at least 1)");
        }
        this.maxThreads = maxThreads;
        this.maxWaiting = maxWaiting;
        pool = new ThreadPoolExecutor(
                maxThreads,
                maxThreads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(maxWaiting),
                new NamedThreads("agentws-tool-"),
                this::reject);
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs the work soon; cancelling the future with {@code true} interrupts it.
     *
     * @throws RejectedExecutionException when too much waits already, or after {@link #close}
     */
    public Future<?> submit(Runnable work) {
        return pool.submit(work);
    }

    /**
     * Runs the work soon.
     *
     * @throws RejectedExecutionException when too much waits already, or after {@link #close}
     */
    @Override
    public void execute(Runnable work) {
        pool.execute(work);
    }

    /** How much runs, about. */
    public int running() {
        return pool.getActiveCount();
    }

    /** How much waits for a thread. */
    public int waiting() {
        return pool.getQueue().size();
    }

    /** Interrupts what runs and drops what waits. Returns at once; idempotent. */
    @Override
    public void close() {
        pool.shutdownNow().forEach(ToolWorkers::cancel);
    }

    /** After {@link #close}: waits for what ran to stop, which for a command means until its processes are gone. Blocks. */
    public boolean awaitEnd(Duration most) throws InterruptedException {
        return pool.awaitTermination(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Dropped work must not leave anyone waiting for its future. */
    private static void cancel(Runnable dropped) {
        if (dropped instanceof Future<?> future) {
            future.cancel(false);
        }
    }

    private void reject(Runnable work, ThreadPoolExecutor from) {
        throw new RejectedExecutionException(
                from.isShutdown()
                        ? "the tool workers are closed"
                        : "tool workers: " + maxThreads + " running and " + maxWaiting
                                + " waiting (expected: room for one more)");
    }
}
