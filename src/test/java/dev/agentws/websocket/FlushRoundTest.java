package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FlushRoundTest {
    private final ServerFixture server = new ServerFixture();
    private final AtomicInteger flushes = new AtomicInteger();

    private EmbeddedChannel connected(Duration window) {
        EmbeddedChannel channel =
                server.upgraded(WebSocketConfig.defaults().withFlushWindow(window), "?token=" + ServerFixture.KEY);
        // The clock stands still from here on, so that a slow machine does not end a window.
        channel.freezeTime();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        ServerFixture.received(channel);
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                flushes.incrementAndGet();
                ctx.flush();
            }
        });
        return channel;
    }

    private void write(EmbeddedChannel channel, String json) {
        server.handlers.opened.get(0).outbox.text(channel.alloc().buffer().writeBytes(ServerFixture.utf8(json)));
    }

    @Test
    void framesOfOneRoundOfTheLoopLeaveWithOneFlush() {
        EmbeddedChannel channel = connected(Duration.ZERO);
        write(channel, "{\"a\":1}");
        write(channel, "{\"b\":2}");
        assertThat(flushes).hasValue(0);
        channel.runPendingTasks();
        assertThat(flushes).hasValue(1);
        assertThat(ServerFixture.received(channel))
                .isEqualTo(ServerFixture.frame("{\"a\":1}") + ServerFixture.frame("{\"b\":2}"));
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void withAWindowFramesOfSeveralRoundsLeaveTogetherWhenItIsOver() {
        EmbeddedChannel channel = connected(Duration.ofMillis(3));
        write(channel, "{\"a\":1}");
        channel.runPendingTasks();
        channel.advanceTimeBy(2, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        write(channel, "{\"b\":2}");
        channel.runPendingTasks();
        assertThat(flushes).hasValue(0);
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(flushes).hasValue(1);
        assertThat(ServerFixture.received(channel))
                .isEqualTo(ServerFixture.frame("{\"a\":1}") + ServerFixture.frame("{\"b\":2}"));
        assertThat(channel.finish()).isFalse();
    }
}
