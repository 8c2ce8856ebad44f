package dev.agentws.websocket;

import dev.agentws.metrics.Histogram;
import dev.agentws.metrics.LoopCounts;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes the outboxes of one event loop together: at the end of the loop's round, when all sockets that were ready have been read, or
 * a little later if a window is set, so that deltas of many upstream connections share one write per client. Confined to the loop.
 */
final class FlushRound implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FlushRound.class);

    private final EventLoop loop;
    private final long windowNanos;
    private final LongSupplier nanoTime;
    private final LoopCounts counts;
    private final Histogram latency;
    private long begun;
    private long deltasBefore;
    private List<Outbox> dirty = new ArrayList<>();
    private List<Outbox> flushing = new ArrayList<>();

    /** @param latency takes one time per round that passed deltas on: from its first frame to the end of its flush */
    FlushRound(EventLoop loop, Duration window, LongSupplier nanoTime, LoopCounts counts, Histogram latency) {
        this.loop = loop;
        this.windowNanos = window.toNanos();
        this.nanoTime = nanoTime;
        this.counts = counts;
        this.latency = latency;
    }

    /** What this loop counts. */
    LoopCounts counts() {
        return counts;
    }

    /** The outbox has something to send; it adds itself once until it is flushed. */
    void add(Outbox outbox) {
        dirty.add(outbox);
        if (dirty.size() > 1) {
            return;
        }
        begun = nanoTime.getAsLong();
        if (windowNanos == 0) {
            // Tasks run after the sockets that were ready in this round.
            loop.execute(this);
        } else {
            loop.schedule(this, windowNanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void run() {
        // A flush may make a channel writable, and that may fill an outbox again: it then goes into the next round.
        long since = begun;
        List<Outbox> now = dirty;
        dirty = flushing;
        flushing = now;
        for (int i = 0; i < now.size(); i++) {
            flush(now.get(i));
        }
        now.clear();
        if (counts.deltas() != deltasBefore) {
            deltasBefore = counts.deltas();
            latency.record(nanoTime.getAsLong() - since);
        }
    }

    /** What goes wrong with one connection must not leave the others of the loop waiting for a flush that never comes. */
    private static void flush(Outbox outbox) {
        try {
            outbox.flush();
        } catch (RuntimeException e) {
            LOG.error("a connection could not be flushed", e);
        }
    }
}
