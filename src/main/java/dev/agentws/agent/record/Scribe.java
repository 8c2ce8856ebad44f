package dev.agentws.agent.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the sessions of one event loop share when they are written down: one timer for all that have something new, one place to make
 * records in, and one task that tells them what has been committed. Each of these alone would cost a session with a delta every 20 ms
 * about as much as its deltas do. Confined to its loop, except {@link #tell} and {@link #round}.
 *
 * <p>Who lines up is seen to two rounds later. To fetch a session from memory costs more than to write down what it has said, so one that
 * is at hand anyway a round later, because it says more, may {@link #leave} the line and write then.
 */
final class Scribe implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Scribe.class);
    /** Then it is the turn of the sockets for once. */
    private static final int MOST_AT_A_TIME = 256;

    private static final int ROUNDS_TO_WAIT = 2;

    private final ScheduledExecutorService loop;
    private final long roundNanos;
    private final FrameRecords frames = new FrameRecords();
    /** Who lined up in each of the last rounds; places of those who left are empty. */
    private final List<List<@Nullable Runnable>> lines =
            List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());

    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean telling = new AtomicBoolean();
    private boolean scheduled;
    private int now;
    /** The same for other threads. */
    private volatile int round;
    /** How many wait, over all lines. */
    private int waiting;
    /** How many places of the line that is due have been seen to; -1 between two rounds. */
    private int seen = -1;

    Scribe(ScheduledExecutorService loop, long delayNanos) {
        this.loop = loop;
        roundNanos = delayNanos / ROUNDS_TO_WAIT;
    }

    /** Where records are made. */
    FrameRecords frames() {
        return frames;
    }

    ScheduledExecutorService loop() {
        return loop;
    }

    /** The number of the round, which wraps around. Any thread. */
    int round() {
        return round;
    }

    /**
     * Runs the task within the delay, together with those of the other sessions of this loop.
     *
     * @return its place in the line of this round
     */
    int lineUp(Runnable task) {
        List<@Nullable Runnable> line = line(now);
        line.add(task);
        waiting++;
        if (!scheduled) {
            schedule(roundNanos);
        }
        return line.size() - 1;
    }

    /** Takes the task out of the line. @return false if it is not there any more */
    boolean leave(int since, int place, Runnable task) {
        List<@Nullable Runnable> line = line(since);
        if (place >= line.size() || line.get(place) != task) {
            return false;
        }
        line.set(place, null);
        waiting--;
        return true;
    }

    private List<@Nullable Runnable> line(int since) {
        return lines.get(Math.floorMod(since, lines.size()));
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
        if (seen < 0) {
            now++;
            round = now;
            seen = 0;
        }
        List<@Nullable Runnable> due = line(now - ROUNDS_TO_WAIT);
        for (int served = 0; served < MOST_AT_A_TIME && seen < due.size(); ) {
            Runnable task = due.get(seen);
            if (task != null) {
                due.set(seen, null);
                waiting--;
                served++;
                run(task);
            }
            seen++;
        }
        scheduled = false;
        if (seen < due.size()) {
            // By the timer, because a task that adds itself again would be run before the loop looks at its sockets.
            schedule(1);
            return;
        }
        due.clear();
        seen = -1;
        if (waiting > 0) {
            schedule(roundNanos);
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
    static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a session could not be written down", e);
        }
    }
}
