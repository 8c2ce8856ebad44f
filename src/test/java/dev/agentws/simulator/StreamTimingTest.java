package dev.agentws.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Timers and back-pressure, on a clock that the test moves. */
final class StreamTimingTest {
    private EmbeddedChannel open(Script script) {
        SimulatorConfig config = SimulatorConfig.defaults().withScript(script).withPadding(false);
        SimulatorState state = new SimulatorState(config, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        Simulator.fill(channel.pipeline(), state);
        return channel;
    }

    private static void ask(EmbeddedChannel channel, String prompt) {
        String body = ApiClient.prompt(prompt);
        channel.writeInbound(Unpooled.copiedBuffer(
                "POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\nanthropic-version: 2026-10-21\r\ncontent-length: "
                        + body.length() + "\r\n\r\n" + body,
                StandardCharsets.US_ASCII));
    }

    private static String written(EmbeddedChannel channel) {
        StringBuilder text = new StringBuilder();
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            text.append(buffer.toString(StandardCharsets.UTF_8));
            buffer.release();
        }
        return text.toString();
    }

    private static void pass(EmbeddedChannel channel, Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void silenceOfTenSecondsIsBrokenByPingsUntilTheEnd() {
        GatedScript gate = Scripts.gated();
        EmbeddedChannel channel = open(gate);
        ask(channel, "hi");
        SimulatedCall call = take(gate);
        call.start();
        assertThat(written(channel)).doesNotContain("ping");

        pass(channel, Duration.ofSeconds(6));
        call.event("x", "{}");
        assertThat(written(channel)).doesNotContain("ping");
        pass(channel, Duration.ofSeconds(6));
        assertThat(written(channel)).isEmpty();
        pass(channel, Duration.ofSeconds(4));
        assertThat(written(channel)).contains("event: ping\ndata: {\"type\": \"ping\"}\n\n");
        pass(channel, Duration.ofSeconds(10));
        assertThat(written(channel)).contains("event: ping");

        call.end("end_turn");
        written(channel);
        pass(channel, Duration.ofSeconds(60));
        assertThat(written(channel)).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    private static SimulatedCall take(GatedScript gate) {
        try {
            return gate.awaitCall(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aStalledStreamIsNotEvenPinged() {
        EmbeddedChannel channel = open(Scripts.agent(Duration.ZERO));
        ask(channel, "[[stall=1]]");
        assertThat(written(channel)).contains("000000:");

        pass(channel, Duration.ofMinutes(5));
        assertThat(written(channel)).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aPacedLoadKeepsItsPace() {
        EmbeddedChannel channel = open(Scripts.agent(Duration.ZERO));
        ask(channel, "[[n=4,pace=1000000,burst=2]]");
        assertThat(written(channel)).contains("000000:", "000001:").doesNotContain("000002:");

        pass(channel, Duration.ofMillis(1999));
        assertThat(written(channel)).isEmpty();
        pass(channel, Duration.ofMillis(1));
        assertThat(written(channel)).contains("000002:", "000003:", "message_stop");
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aSlowStartSaysNothingBeforeItsTime() {
        EmbeddedChannel channel = open(Scripts.agent(Duration.ZERO));
        ask(channel, "[[slowstart=500]]");
        pass(channel, Duration.ofMillis(499));
        assertThat(written(channel)).isEmpty();
        pass(channel, Duration.ofMillis(1));
        assertThat(written(channel)).contains("message_stop");
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aLoadWaitsWhileTheSocketIsFull() {
        EmbeddedChannel channel = open(Scripts.agent(Duration.ZERO));
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        ask(channel, "[[n=40]]");
        assertThat(written(channel)).contains("content_block_start").doesNotContain("000000:");

        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
        assertThat(written(channel)).contains("000000:", "000027:", "message_stop");
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void singleBytesTravelInChunksOfOne() {
        EmbeddedChannel channel = open(Scripts.agent(Duration.ZERO));
        ask(channel, "[[n=1,bytes]]");

        String body = written(channel).split("\r\n\r\n", 2)[1];
        assertThat(body).startsWith("1\r\ne\r\n1\r\nv\r\n1\r\ne\r\n").matches("(?s)(?:1\r\n.\r\n)+0\r\n\r\n");
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void whatIsNotHttpIsRefusedAndTheConnectionClosed() {
        EmbeddedChannel channel = open(Scripts.gated());
        channel.writeInbound(Unpooled.copiedBuffer("what is this\r\n\r\n", StandardCharsets.US_ASCII));

        assertThat(written(channel)).startsWith("HTTP/1.1 400 Bad Request").contains("connection: close");
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        GatedScript gate = Scripts.gated();
        EmbeddedChannel channel = open(gate);
        ask(channel, "first");
        ask(channel, "second");
        assertThat(gate.waiting()).isEqualTo(1);

        take(gate).start().end("end_turn");
        channel.runPendingTasks();
        SimulatedCall second = take(gate);
        assertThat(second.body().at("/messages/0/content").asText()).isEqualTo("second");
        ask(channel, "third");
        channel.close();

        assertThat(second.closed()).isCompleted();
        second.start().text("nobody hears").end("end_turn");
        written(channel);
        assertThat(channel.finish()).isFalse();
    }
}
