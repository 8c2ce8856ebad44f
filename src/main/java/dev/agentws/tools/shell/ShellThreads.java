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
 * The threads that serve running commands of all sessions: one for timeouts, and for each command one that waits for its end and two
 * that read its pipes, as the JDK has no other way to; a command in the background has one more. All end when idle, so nothing needs
 * closing. Thread-safe.
 */
public final class ShellThreads {
    private static final long IDLE_SECONDS = 30;

    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService servants;
    private final Object quiet = new Object();
    private int busy;

    /** Both factories should make daemon threads. */
    public ShellThreads(ThreadFactory timers, ThreadFactory servants) {
        timer = new ScheduledThreadPoolExecutor(1, timers);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
        // Unbounded on purpose: there are few for each running command, and those are bounded by the workers and by
        // session.
        this.servants = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), servants);
    }

    Future<?> after(Duration delay, Runnable work) {
        return timer.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs what may block, on a thread of its own. */
    void serve(Runnable work) {
        synchronized (quiet) {
            busy++;
        }
        try {
            servants.execute(() -> {
                try {
                    work.run();
                } finally {
                    done();
                }
            });
        } catch (RuntimeException | Error refused) {
            done();
            throw refused;
        }
    }

    private void done() {
        synchronized (quiet) {
            busy--;
            quiet.notifyAll();
        }
    }

    /** Waits until no command runs and nothing of one is left to be tidied up; false when the time is over. */
    public boolean awaitQuiet(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (quiet) {
            while (busy > 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                quiet.wait(left);
            }
            return true;
        }
    }
}
