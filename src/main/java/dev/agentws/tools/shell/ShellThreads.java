package dev.agentws.tools.shell;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that serve running commands of all sessions: one for timeouts and kills, and two per command that read its pipes, as
 * the JDK has no other way to. All end when idle, so nothing needs closing. Thread-safe.
 */
public final class ShellThreads {
    private static final long IDLE_SECONDS = 30;

    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService pipes;

    /** Both factories should make daemon threads. */
    public ShellThreads(ThreadFactory timers, ThreadFactory readers) {
        timer = new ScheduledThreadPoolExecutor(1, timers);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
        // Unbounded on purpose: there are two for each running command, and those are bounded by the workers.
        pipes = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), readers);
    }

    Future<?> after(Duration delay, Runnable work) {
        return timer.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    void soon(Runnable work) {
        timer.execute(work);
    }

    void readPipe(Runnable work) {
        pipes.execute(work);
    }
}
