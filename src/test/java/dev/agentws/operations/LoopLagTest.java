package dev.agentws.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.metrics.Histogram;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LoopLagTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicLong clock = new AtomicLong(7);
    private final Histogram lag = new Histogram(0.01, 0.1);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void aTimerThatComesLateShowsByHowMuch() {
        channel.freezeTime();
        LoopLag.watch(channel.eventLoop(), clock::get, lag);

        pass(TimeUnit.SECONDS.toNanos(1));
        pass(TimeUnit.MILLISECONDS.toNanos(1_050));
        pass(TimeUnit.SECONDS.toNanos(3));

        assertThat(lag.counts()).containsExactly(1, 1, 1);
        assertThat(lag.totalSeconds()).isEqualTo(2.05);
    }

    /** The loop's own time goes on by what it waited for, ours by what really passed. */
    private void pass(long nanos) {
        clock.addAndGet(nanos);
        channel.advanceTimeBy(LoopLag.INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }
}
