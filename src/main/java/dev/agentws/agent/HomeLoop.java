package dev.agentws.agent;

import dev.agentws.agent.record.Recorder;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loop a session lives on just now, and the way there. All of a turn runs on its driver's loop, so the session moves when
 * another loop's connection begins to drive. Thread-safe, but {@link #comeTo} belongs on the session's loop.
 */
final class HomeLoop implements Recorder.Home {
    private static final Logger LOG = LoggerFactory.getLogger(HomeLoop.class);

    private final String name;
    private volatile EventExecutor loop;
    /** Set while the loop changes, so that nothing overtakes the turn that moves with it. */
    private volatile boolean moving;

    /** @param name of the session, for the log */
    HomeLoop(String name, EventExecutor loop) {
        this.name = name;
        this.loop = loop;
    }

    EventExecutor loop() {
        return loop;
    }

    boolean moving() {
        return moving;
    }

    /**
     * Runs a task there: at once if this is it, in the order of the calls otherwise; not at all if the loop has ended, because the server
     * is stopping then.
     */
    @Override
    public void execute(Runnable task) {
        EventExecutor owner = loop;
        if (here() != null) {
            task.run();
            return;
        }
        try {
            owner.execute(() -> {
                // It may have gone away and be coming back, and then its last step elsewhere may not be over.
                if (owner == loop && !moving) {
                    task.run();
                } else {
                    execute(task);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: a task came after the end of the event loop", name);
        }
    }

    @Override
    public @Nullable ScheduledExecutorService here() {
        EventExecutor owner = loop;
        return !moving && owner.inEventLoop() ? owner : null;
    }

    @Override
    public void executeAfter(long delayMs, Runnable task) {
        try {
            loop.schedule(() -> execute(task), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: a task came after the end of the event loop", name);
        }
    }

    @Override
    public long nanos() {
        return loop.ticker().nanoTime();
    }

    /** Runs what is next on that loop and stays there, at once if it is there already; that loop's queue keeps the order of what comes after. */
    void comeTo(EventExecutor next, Runnable arrival) {
        if (next == loop) {
            arrival.run();
            return;
        }
        moving = true;
        loop = next;
        next.execute(() -> {
            moving = false;
            arrival.run();
        });
    }
}
