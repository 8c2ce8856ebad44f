package dev.agentws.anthropic;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices that nothing has come for a while. A sign of life only stores the time; the one task that is scheduled looks at it and waits
 * for the rest. While paused nothing is expected, so nothing is missed. Confined to the event loop.
 */
final class IdleWatch {
    private final EventLoop loop;
    private final long limitNanos;
    private final Runnable expired;
    private @Nullable Future<?> task;
    private long lastNanos;
    private boolean paused;

    IdleWatch(EventLoop loop, Duration limit, Runnable expired) {
        this.loop = loop;
        this.limitNanos = limit.toNanos();
        this.expired = expired;
    }

    void start() {
        touch();
        waitFor(limitNanos);
    }

    void touch() {
        lastNanos = loop.ticker().nanoTime();
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        touch();
    }

    void stop() {
        if (task != null) {
            task.cancel(false);
            task = null;
        }
    }

    private void check() {
        long left = paused ? limitNanos : limitNanos - (loop.ticker().nanoTime() - lastNanos);
        if (left > 0) {
            waitFor(left);
        } else {
            task = null;
            expired.run();
        }
    }

    private void waitFor(long nanos) {
        task = loop.schedule(this::check, nanos, NANOSECONDS);
    }
}
