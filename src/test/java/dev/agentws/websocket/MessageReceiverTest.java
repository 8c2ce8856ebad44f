package dev.agentws.websocket;

import static dev.agentws.websocket.ServerFixture.closeFrame;
import static dev.agentws.websocket.ServerFixture.error;
import static dev.agentws.websocket.ServerFixture.frame;
import static dev.agentws.websocket.ServerFixture.received;
import static dev.agentws.websocket.ServerFixture.send;
import static dev.agentws.websocket.ServerFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.protocol.CloseReason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MessageReceiverTest {
    private static final String LIST = "{\"type\":\"list_sessions\"}";
    private static final String PROMPT = "{\"type\":\"send_prompt\",\"session_id\":\"s\",\"prompt\":\"hi\"}";

    private final ServerFixture server = new ServerFixture();
    private final WebSocketConfig config = WebSocketConfig.defaults();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void nothingIsLeft() {
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aPingIsAnsweredWithItsTimestamp() {
        channel = server.authenticated(config);

        send(channel, text("{\"type\":\"ping\",\"timestamp\":\"2026-11-22T13:00:00Z\"}"));
        send(channel, text("{\"type\":\"ping\",\"timestamp\":1700000000000}"));
        send(channel, text("{\"type\":\"ping\"}"));

        assertThat(received(channel))
                .isEqualTo(frame("{\"type\":\"pong\",\"timestamp\":\"2026-11-22T13:00:00Z\"}")
                        + frame("{\"type\":\"pong\",\"timestamp\":1700000000000}")
                        + frame("{\"type\":\"pong\"}"));
        assertThat(server.handlers.messages).isEmpty();
    }

    @Test
    void aMessageThatCannotBeReadIsAnsweredAndTheConnectionStays() {
        channel = server.authenticated(config);

        send(channel, text("{\"type\":\"dance\"}"));
        send(channel, text("{"));
        send(channel, text(LIST));

        assertThat(received(channel))
                .startsWith(error("type: \\\"dance\\\" is not known", "unknown_type", "dance", false))
                .contains("\"code\":\"invalid_json\",\"request_type\":null,\"retryable\":false}");
        assertThat(server.handlers.messages).hasSize(1);
    }

    @Test
    void aDefectOfTheHandlerIsAnsweredAndTheConnectionStays() {
        channel = server.authenticated(config);

        send(channel, text("{\"type\":\"kill_all_agents\"}"));
        send(channel, text(LIST));

        assertThat(received(channel)).isEqualTo(error("Internal error", "internal", "kill_all_agents", false));
        assertThat(server.handlers.messages).hasSize(1);
    }

    @Test
    void fiftySessionsAndPromptsInOneGoAreFine() {
        channel = server.authenticated(config);

        for (int i = 0; i < 50; i++) {
            send(channel, text("{\"type\":\"create_session\",\"session_id\":\"s" + i + "\"}"));
        }
        for (int i = 0; i < 50; i++) {
            send(channel, text(PROMPT));
        }

        assertThat(received(channel)).isEmpty();
        assertThat(server.handlers.messages).hasSize(100);
    }

    @Test
    void messagesAboveTheRateAreAnsweredAndDroppedUntilThePeriodIsOver() {
        channel = server.authenticated(config.withRates(rates(3, 100)));

        for (int i = 0; i < 5; i++) {
            send(channel, text(LIST));
        }
        assertThat(server.handlers.messages).hasSize(3);
        String refusal = frame(
                "{\"type\":\"error\",\"message\":\"Too many messages; this one is dropped\",\"session_id\":null,"
                        + "\"details\":null,\"code\":\"rate_limited\",\"request_type\":null,\"retryable\":true,\"retry_after_ms\":5000}");
        assertThat(received(channel)).isEqualTo(refusal + refusal);

        server.clock.advance(Duration.ofSeconds(5));
        send(channel, text(LIST));
        assertThat(server.handlers.messages).hasSize(4);
    }

    @Test
    void promptsHaveARateOfTheirOwn() {
        channel = server.authenticated(config.withRates(rates(100, 1)));

        send(channel, text(PROMPT));
        send(channel, text(PROMPT));
        send(channel, text(LIST));

        assertThat(server.handlers.messages).hasSize(2);
        assertThat(received(channel))
                .contains(
                        "\"session_id\":\"s\"",
                        "\"code\":\"rate_limited\",\"request_type\":\"send_prompt\"",
                        "\"retry_after_ms\":5000");
    }

    @Test
    void aFloodThatDoesNotListenIsClosed() {
        channel = server.authenticated(config.withRates(rates(1, 1)));

        for (int i = 0; i < 110; i++) {
            send(channel, text(LIST));
        }

        assertThat(received(channel)).endsWith(closeFrame(1008, "Too many messages"));
    }

    @Test
    void pingFramesCountLikeMessages() {
        channel = server.authenticated(config.withRates(rates(2, 1)));

        for (int i = 0; i < 3; i++) {
            send(channel, ServerFixture.masked(0x89, new byte[0]));
        }

        assertThat(received(channel)).isEqualTo("\u008a\u0000\u008a\u0000" + closeFrame(1008, "Too many messages"));
    }

    @Test
    void theHandlerHearsOfSlownessAndTooManyAnswersStopTheReading() {
        channel = server.authenticated(config);
        AtomicBoolean stalled = new AtomicBoolean(true);
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                if (!stalled.get()) {
                    ctx.flush();
                }
            }
        });
        Outbox outbox = server.handlers.opened.get(0).outbox;

        outbox.text(channel.alloc().buffer().writeZero(100 << 10));
        assertThat(channel.config().isAutoRead()).isTrue();
        outbox.text(channel.alloc().buffer().writeZero(300 << 10));
        channel.runPendingTasks();
        send(channel, text(LIST));
        assertThat(channel.config().isAutoRead()).isFalse();

        stalled.set(false);
        channel.flush();
        assertThat(received(channel)).hasSizeGreaterThan(400 << 10);
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(server.handlers.opened.get(0).writability).containsExactly(false, true);
    }

    @Test
    void framesWrittenTogetherGoOutBeforeTheClose() {
        channel = server.authenticated(config);
        Outbox outbox = server.handlers.opened.get(0).outbox;

        outbox.text(channel.alloc().buffer().writeBytes(ServerFixture.utf8("{}")));
        outbox.close(CloseReason.GOING_AWAY);
        outbox.text(channel.alloc().buffer().writeBytes(ServerFixture.utf8("{\"late\":1}")));
        outbox.close(CloseReason.INTERNAL_ERROR);

        assertThat(received(channel)).isEqualTo(frame("{}") + closeFrame(1001, "Server is shutting down"));
        assertThat(channel.isOpen()).isTrue();
        server.clock.advance(Duration.ofSeconds(5));
        server.sweep(channel);
        assertThat(channel.isOpen()).isFalse();
    }

    private WebSocketConfig.Rates rates(int messages, int prompts) {
        Duration period = Duration.ofSeconds(5);
        return new WebSocketConfig.Rates(
                new WebSocketConfig.Rate(messages, period),
                new WebSocketConfig.Rate(prompts, period),
                config.rates().failedTokens());
    }
}
