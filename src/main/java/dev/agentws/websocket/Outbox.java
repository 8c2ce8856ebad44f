package dev.agentws.websocket;

import dev.agentws.protocol.CloseReason;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.protocol.ErrorFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import org.jspecify.annotations.Nullable;

/**
 * The only writer of text frames on a connection. Flushes by itself at the end of the event loop's current round, so that frames written
 * together leave together. Confined to the connection's event loop.
 */
public final class Outbox {
    private final Channel channel;
    private final FrameHandler frames;
    private final Runnable flush = this::flush;
    private boolean flushScheduled;

    Outbox(Channel channel, FrameHandler frames) {
        this.channel = channel;
        this.frames = frames;
    }

    /**
     * Sends one text frame. Nothing is sent once the connection is closing: the peer would not look at it.
     *
     * @param json valid UTF-8; released here in any case
     */
    public void text(ByteBuf json) {
        if (!frames.isOpen() || !channel.isActive()) {
            json.release();
            return;
        }
        channel.write(new TextWebSocketFrame(json), channel.voidPromise());
        if (!flushScheduled) {
            flushScheduled = true;
            channel.eventLoop().execute(flush);
        }
    }

    /**
     * Sends an {@code error} frame that is as retryable as its code usually is.
     *
     * @param sessionId the session it is about, or null
     * @param requestType the {@code type} of the message it answers, or null
     * @param retryAfterMs how long to wait before the next try, or null
     */
    public void error(
            ErrorCode code,
            String message,
            @Nullable String sessionId,
            @Nullable String requestType,
            @Nullable Long retryAfterMs) {
        error(new ErrorFrame(code, message, sessionId, requestType, code.retryable(), retryAfterMs));
    }

    /** Sends an {@code error} frame. */
    public void error(ErrorFrame error) {
        text(error.encode(channel.alloc()));
    }

    /** Closes the connection after what has been written; waits a few seconds for the peer to do the same. Later calls do nothing. */
    public void close(CloseReason reason) {
        frames.close(reason);
    }

    private void flush() {
        flushScheduled = false;
        channel.flush();
    }
}
