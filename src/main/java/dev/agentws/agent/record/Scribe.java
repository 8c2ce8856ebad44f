package dev.agentws.agent.record;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the sessions of one event loop share when they are written down: one timer for all that have something new, one place to make
 * records in, and one task that tells them what has been committed. Each of these alone would cost a session with a delta every 20 ms
 * about as much as its deltas do. Confined to its loop, except {@link #tell}.
 */
final class Scribe implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Scribe.class);
    /** Then it is the turn of the sockets for once. */
    private static final int MOST_AT_A_TIME = 256;

    private final ScheduledExecutorService loop;
    private final long delayNanos;
    private final FrameRecords frames = new FrameRecords();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean telling = new AtomicBoolean();
    private boolean scheduled;
    /** How many of those who wait are to be seen to now. */
    private int due;

    Scribe(ScheduledExecutorService loop, long delayNanos) {
        this.loop = loop;
        this.delayNanos = delayNanos;
    }

    /** Where records are made. */
    FrameRecords frames() {
        return frames;
    }

    /** Runs the task some time later, together with those of the other sessions of this loop. */
    void lineUp(Runnable task) {
        waiting.add(task);
        if (!scheduled) {
            schedule(delayNanos);
        }
    }

    private void schedule(long nanos) {
        try {
            loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
            scheduled = true;
        } catch (RejectedExecutionException e) {
            LOG.debug("something to write down came after the end of the event loop", e);
        }
    }

    @Override
    public void run() {
        if (due == 0) {
            due = waiting.size();
        }
        for (int i = 0; i < MOST_AT_A_TIME && due > 0; i++) {
            due--;
            run(waiting.remove());
        }
        scheduled = false;
        if (due > 0) {
            // By the timer, because a task that adds itself again would be run before the loop looks at its sockets.
            schedule(1);
        } else if (!waiting.isEmpty()) {
            schedule(delayNanos);
        }
    }

    /** Runs the task on the loop, together with all that come meanwhile. Any thread. */
    void tell(Runnable task) {
        news.add(task);
        if (!telling.getAndSet(true)) {
            try {
                loop.execute(this::tellAll);
            } catch (RejectedExecutionException e) {
                LOG.debug("something was written down after the end of the event loop", e);
            }
        }
    }

    private void tellAll() {
        telling.set(false);
        for (Runnable task = news.poll(); task != null; task = news.poll()) {
            run(task);
        }
    }

    /** What goes wrong in one session is its own affair. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a session could not be written down", e);
        }
    }
}
