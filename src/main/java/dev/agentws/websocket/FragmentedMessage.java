package dev.agentws.websocket;

import dev.agentws.protocol.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;

/** A text message that comes in fragments, until it is whole. Confined to the connection's event loop. */
final class FragmentedMessage {
    private static final int INITIAL_BYTES = 256;
    private static final int BYTES_PER_EXTRA_FRAGMENT = 1024;

    private final ByteBuf bytes;
    private final int maxBytes;
    private final int maxFragments;
    private int count;

    FragmentedMessage(ByteBufAllocator alloc, int maxBytes, int maxFragments) {
        this.bytes = alloc.buffer(INITIAL_BYTES);
        this.maxBytes = maxBytes;
        this.maxFragments = maxFragments;
    }

    /** Copies a fragment, which stays the caller's; or tells why the message is refused. */
    @Nullable
    CloseReason add(WebSocketFrame fragment) {
        count++;
        if (count > maxFragments + bytes.readableBytes() / BYTES_PER_EXTRA_FRAGMENT) {
            return CloseReason.TOO_MANY_FRAGMENTS;
        }
        if (bytes.readableBytes() + (long) fragment.content().readableBytes() > maxBytes) {
            return CloseReason.MESSAGE_TOO_BIG;
        }
        bytes.writeBytes(fragment.content());
        return null;
    }

    /** The message as one frame, which the caller releases; this object is used up. */
    TextWebSocketFrame whole() {
        return new TextWebSocketFrame(bytes);
    }

    void release() {
        bytes.release();
    }
}
