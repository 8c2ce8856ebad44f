package dev.agentws.websocket;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One timer for all connections of an event loop: it walks them and lets each look at its deadlines. A timer of its own would cost
 * each idle connection more memory than all else this package keeps for it. Confined to its event loop; the timer rests while there
 * are no connections.
 */
final class HeartbeatSweep implements Runnable {
    /** How exactly deadlines are kept. */
    static final Duration INTERVAL = Duration.ofMillis(250);

    static final int NOT_SWEPT = -1;

    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final List<SweptHandler> handlers = new ArrayList<>();
    private boolean scheduled;
    private @Nullable CompletableFuture<@Nullable Void> empty;

    HeartbeatSweep(EventLoop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    void add(SweptHandler handler) {
        handler.slot = handlers.size();
        handlers.add(handler);
        schedule();
        if (empty != null) {
            handler.goAway();
        }
    }

    /** Idempotent. The last handler takes the free slot, so that removing is cheap. */
    void remove(SweptHandler handler) {
        int slot = handler.slot;
        if (slot == NOT_SWEPT) {
            return;
        }
        handler.slot = NOT_SWEPT;
        SweptHandler last = handlers.remove(handlers.size() - 1);
        if (last != handler) {
            handlers.set(slot, last);
            last.slot = slot;
        }
        completeIfEmpty();
    }

    /** Sweeps once, and again after {@link #INTERVAL}. */
    @Override
    public void run() {
        scheduled = false;
        sweep();
        schedule();
    }

    /** Lets every connection look at its deadlines. */
    void sweep() {
        long now = nanoTime.getAsLong();
        // From the end, because a handler may remove itself (or another) and the last one then takes its slot.
        for (int i = handlers.size() - 1; i >= 0; i--) {
            if (i < handlers.size()) {
                handlers.get(i).sweepAll(now);
            }
        }
    }

    /**
     * Ends all connections, and those still to come; callable from any thread.
     *
     * @param grace after which those that are left are cut
     * @return completed when none is left
     */
    CompletableFuture<@Nullable Void> shutdown(Duration grace) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (empty == null) {
                empty = done;
            } else {
                empty.thenRun(() -> done.complete(null));
            }
            // First, so that whatever a handler does when it is told to go, it is gone in the end.
            loop.schedule(
                    () -> new ArrayList<>(handlers).forEach(SweptHandler::abort),
                    grace.toNanos(),
                    TimeUnit.NANOSECONDS);
            new ArrayList<>(handlers).forEach(SweptHandler::goAway);
            completeIfEmpty();
        });
        return done;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    int size() {
        return handlers.size();
    }

    private void completeIfEmpty() {
        if (empty != null && handlers.isEmpty()) {
            empty.complete(null);
        }
    }

    private void schedule() {
        if (!scheduled && !handlers.isEmpty() && !loop.isShuttingDown()) {
            scheduled = true;
            loop.schedule(this, INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
