package dev.agentws.operations;

import dev.agentws.metrics.Histogram;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Looks once in a while how late a timer of an event loop comes: what any frame may have to wait there. */
public final class LoopLag implements Runnable {
    /** Seldom enough to let an idle machine sleep. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    private final EventExecutor loop;
    private final LongSupplier nanoTime;
    private final Histogram lag;
    private long due;

    private LoopLag(EventExecutor loop, LongSupplier nanoTime, Histogram lag) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.lag = lag;
    }

    /** Goes on until the loop ends. */
    public static void watch(EventExecutor loop, LongSupplier nanoTime, Histogram lag) {
        new LoopLag(loop, nanoTime, lag).next();
    }

    private void next() {
        if (!loop.isShuttingDown()) {
            due = nanoTime.getAsLong() + INTERVAL.toNanos();
            loop.schedule(this, INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void run() {
        lag.record(nanoTime.getAsLong() - due);
        next();
    }
}
