package dev.agentws.anthropic.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The rest of an answer nobody needs any more: it is read up to a limit of bytes and of time, then given up. Confined to the event loop. */
final class Rest {
    private static final int MAX_BYTES = 64 * 1024;
    private static final Duration MAX_TIME = Duration.ofSeconds(2);

    private final Runnable giveUp;
    private @Nullable Future<?> limit;
    private int dropped;

    Rest(Runnable giveUp) {
        this.giveUp = giveUp;
    }

    void begin(EventLoop loop) {
        dropped = 0;
        limit = loop.schedule(giveUp, MAX_TIME.toNanos(), NANOSECONDS);
    }

    void drop(int bytes) {
        dropped += bytes;
        if (dropped > MAX_BYTES) {
            giveUp.run();
        }
    }

    void stop() {
        if (limit != null) {
            limit.cancel(false);
            limit = null;
        }
    }
}
