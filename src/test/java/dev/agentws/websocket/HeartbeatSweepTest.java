package dev.agentws.websocket;

import static dev.agentws.websocket.ServerFixture.closeFrame;
import static dev.agentws.websocket.ServerFixture.received;
import static dev.agentws.websocket.ServerFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class HeartbeatSweepTest {
    private static final String PING = "\u0089\u0000";

    private final ServerFixture server = new ServerFixture();
    private final WebSocketConfig config = WebSocketConfig.defaults();

    @Test
    void aPingGoesOutEveryThirtySecondsWhileItIsAnswered() {
        EmbeddedChannel channel = server.authenticated(config);
        for (int i = 0; i < 3; i++) {
            advance(channel, Duration.ofMillis(29_999));
            assertThat(received(channel)).isEmpty();
            advance(channel, Duration.ofMillis(1));
            assertThat(received(channel)).isEqualTo(PING);
            send(channel, ServerFixture.masked(0x8A, new byte[0]));
        }
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void noAnswerInTenSecondsCloses() {
        EmbeddedChannel channel = server.authenticated(config);
        advance(channel, Duration.ofSeconds(30));
        received(channel);

        advance(channel, Duration.ofMillis(9_999));
        assertThat(received(channel)).isEmpty();
        advance(channel, Duration.ofMillis(1));
        assertThat(received(channel)).isEqualTo(closeFrame(1011, "No answer to ping"));

        advance(channel, Duration.ofSeconds(5));
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aPieceOfALargeFrameIsAnAnswerToo() {
        EmbeddedChannel channel = server.authenticated(config);
        advance(channel, Duration.ofSeconds(30));
        received(channel);

        send(channel, new byte[] {(byte) 0x81, (byte) 0xFE, 0x40});
        advance(channel, Duration.ofSeconds(10));

        assertThat(received(channel)).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aHeadThatTricklesInHasFiveSecondsInAll() {
        EmbeddedChannel channel = server.connect(config);
        for (int i = 0; i < 4; i++) {
            send(channel, "G");
            advance(channel, Duration.ofSeconds(1));
        }
        assertThat(received(channel)).isEmpty();

        send(channel, "G");
        advance(channel, Duration.ofSeconds(1));

        assertThat(received(channel)).startsWith("HTTP/1.1 408 ").contains("connection: close");
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void anAnsweredRequestStartsTheDeadlineAnew() {
        EmbeddedChannel channel = server.connect(config);
        advance(channel, Duration.ofSeconds(4));
        send(channel, ServerFixture.request("GET /health"));
        advance(channel, Duration.ofSeconds(4));
        assertThat(received(channel)).endsWith("{\"status\":\"healthy\"}");
        assertThat(channel.isOpen()).isTrue();

        advance(channel, Duration.ofSeconds(1));
        assertThat(received(channel)).isEmpty();
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void connectionsThatLeaveMakeRoomInAnyOrder() {
        EmbeddedChannel channel = new EmbeddedChannel();
        HeartbeatSweep sweep = new HeartbeatSweep(channel.eventLoop(), server.clock);
        List<Counting> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(new Counting(sweep));
            sweep.add(all.get(i));
        }

        sweep.remove(all.get(0));
        sweep.remove(all.get(0));
        sweep.remove(all.get(4));
        all.get(2).onSweep = () -> {
            sweep.remove(all.get(2));
            sweep.remove(all.get(1));
        };
        sweep.sweep();
        sweep.sweep();

        assertThat(sweep.size()).isEqualTo(1);
        assertThat(all.get(3).swept).isEqualTo(2);
        assertThat(all.get(2).swept).isEqualTo(1);
        assertThat(all.get(0).swept + all.get(4).swept).isZero();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shutdownClosesWithGoingAwayAndCutsWhoeverStays() {
        EmbeddedChannel channel = server.authenticated(config);
        HeartbeatSweep sweep = server.sweepOf(channel);

        CompletableFuture<?> gone = sweep.shutdown(Duration.ofSeconds(1));
        assertThat(received(channel)).isEqualTo(closeFrame(1001, "Server is shutting down"));
        assertThat(gone).isNotDone();

        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(gone).isCompleted();
        assertThat(channel.finish()).isFalse();
    }

    private void advance(EmbeddedChannel channel, Duration time) {
        server.clock.advance(time);
        server.sweep(channel);
    }

    private static final class Counting extends SweptHandler {
        int swept;
        Runnable onSweep = () -> {};

        Counting(HeartbeatSweep sweep) {
            super(sweep);
        }

        @Override
        void goAway() {}

        @Override
        void abort() {}

        @Override
        void sweep(long nowNanos) {
            swept++;
            onSweep.run();
        }
    }
}
