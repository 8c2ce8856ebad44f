package dev.agentws.websocket;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Flushes the outboxes of one event loop together: at the end of the loop's round, when all sockets that were ready have been read, or
 * a little later if a window is set, so that deltas of many upstream connections share one write per client. Confined to the loop.
 */
final class FlushRound implements Runnable {
    private final EventLoop loop;
    private final long windowNanos;
    private List<Outbox> dirty = new ArrayList<>();
    private List<Outbox> flushing = new ArrayList<>();

    FlushRound(EventLoop loop, Duration window) {
        this.loop = loop;
        this.windowNanos = window.toNanos();
    }

    /** The outbox has something to send; it adds itself once until it is flushed. */
    void add(Outbox outbox) {
        dirty.add(outbox);
        if (dirty.size() > 1) {
            return;
        }
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
        List<Outbox> now = dirty;
        dirty = flushing;
        flushing = now;
        for (int i = 0; i < now.size(); i++) {
            now.get(i).flush();
        }
        now.clear();
    }
}
