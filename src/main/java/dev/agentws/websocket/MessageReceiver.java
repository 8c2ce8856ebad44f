package dev.agentws.websocket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ClientMessageReader;
import dev.agentws.protocol.CloseReason;
import dev.agentws.protocol.Decoded;
import dev.agentws.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole text messages to {@link ClientMessage}s for the {@link MessageHandler}, within the connection's rates. Answers {@code ping},
 * {@code auth} (again) and whatever is refused by itself. Confined to the connection's event loop.
 */
final class MessageReceiver extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(MessageReceiver.class);
    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory());

    // Each refusal is answered, so that nothing is lost silently; a client that does not listen to that many is a
    // flood.
    private static final int MAX_REFUSED_IN_A_ROW = 100;

    private final ClientMessageReader reader;
    private final MessageBudget budget;
    private final Outbox outbox;
    private final MessageHandler handler;
    private int refusedInARow;

    MessageReceiver(ClientMessageReader reader, MessageBudget budget, Outbox outbox, MessageHandler handler) {
        this.reader = reader;
        this.budget = budget;
        this.outbox = outbox;
        this.handler = handler;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        try {
            if (!(msg instanceof TextWebSocketFrame text)) {
                outbox.close(CloseReason.UNSUPPORTED_DATA);
            } else if (budget.takeMessage()) {
                refusedInARow = 0;
                decoded(ctx, reader.read(text.content()));
            } else if (++refusedInARow > MAX_REFUSED_IN_A_ROW) {
                outbox.close(CloseReason.TOO_MANY_MESSAGES);
            } else {
                outbox.error(
                        ErrorCode.RATE_LIMITED,
                        "Too many messages; this one is dropped",
                        null,
                        null,
                        budget.messageRetryAfterMs());
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    private void decoded(ChannelHandlerContext ctx, Decoded decoded) {
        if (decoded instanceof Decoded.Rejected rejected) {
            outbox.error(rejected.code(), rejected.message(), rejected.sessionId(), rejected.requestType(), null);
        } else if (decoded instanceof Decoded.Message accepted) {
            accept(ctx, accepted.message());
        }
    }

    private void accept(ChannelHandlerContext ctx, ClientMessage message) {
        switch (message.kind()) {
            case AUTH -> outbox.text(authSuccess(ctx.alloc()));
            case PING -> outbox.text(pong(ctx.alloc(), (ClientMessage.Ping) message));
            case SEND_PROMPT -> {
                if (budget.takePrompt()) {
                    handle(ctx, message, ((ClientMessage.SendPrompt) message).sessionId());
                } else {
                    outbox.error(
                            ErrorCode.RATE_LIMITED,
                            "Too many prompts; this one is dropped",
                            ((ClientMessage.SendPrompt) message).sessionId(),
                            message.kind().wireName(),
                            budget.promptRetryAfterMs());
                }
            }
            default -> handle(ctx, message, null);
        }
    }

    private void handle(ChannelHandlerContext ctx, ClientMessage message, @Nullable String sessionId) {
        try {
            handler.onMessage(message);
        } catch (RuntimeException e) {
            LOG.error("{}: {} failed", ctx.channel(), message.kind().wireName(), e);
            outbox.error(
                    ErrorCode.INTERNAL,
                    "Internal error",
                    sessionId,
                    message.kind().wireName(),
                    null);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        outbox.goOn();
        handler.onWritabilityChanged(ctx.channel().isWritable());
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        outbox.writeAll();
        handler.onClosed();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.error("{}: unexpected fault, closing", ctx.channel(), cause);
        outbox.close(CloseReason.INTERNAL_ERROR);
    }

    /** The frame that greets a client. The caller releases it. */
    static ByteBuf authSuccess(ByteBufAllocator alloc) {
        return ByteBufUtil.writeAscii(alloc, "{\"type\":\"auth_success\"}");
    }

    private static ByteBuf pong(ByteBufAllocator alloc, ClientMessage.Ping ping) {
        ByteBuf frame = alloc.buffer(64);
        OutputStream out = new ByteBufOutputStream(frame);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("type", "pong");
            if (ping.timestamp() != null) {
                json.writeFieldName("timestamp");
                json.writeTree(ping.timestamp());
            }
            json.writeEndObject();
        } catch (IOException e) {
            frame.release();
            throw new UncheckedIOException("pong", e);
        }
        return frame;
    }
}
