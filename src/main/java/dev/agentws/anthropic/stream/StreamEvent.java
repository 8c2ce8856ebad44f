package dev.agentws.anthropic.stream;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The kinds of event in a streamed answer, by their names on the wire. */
enum StreamEvent {
    MESSAGE_START("message_start"),
    CONTENT_BLOCK_START("content_block_start"),
    CONTENT_BLOCK_DELTA("content_block_delta"),
    CONTENT_BLOCK_STOP("content_block_stop"),
    MESSAGE_DELTA("message_delta"),
    MESSAGE_STOP("message_stop"),
    PING("ping"),
    ERROR("error"),
    /** A name that is not known (yet). */
    UNKNOWN("unknown"),
    /** No name was given. */
    NONE("");

    // values() copies its array on each call, and the lookup runs for every event that is not taken whole.
    private static final StreamEvent[] ALL = values();

    private final String wireName;

    StreamEvent(String wireName) {
        this.wireName = wireName;
    }

    /** The event of that name; {@link #NONE} for an absent or empty one. */
    static StreamEvent named(@Nullable String name) {
        if (name == null) {
            return NONE;
        }
        for (StreamEvent event : ALL) {
            if (event.wireName.equals(name)) {
                return event;
            }
        }
        return UNKNOWN;
    }

    /** As {@link #named(String)}, but from the bytes as they came. */
    static StreamEvent named(ByteBuf buf, int offset, int length) {
        for (StreamEvent event : ALL) {
            if (event.wireName.length() == length && event.matches(buf, offset)) {
                return event;
            }
        }
        return UNKNOWN;
    }

    private boolean matches(ByteBuf buf, int offset) {
        for (int i = 0; i < wireName.length(); i++) {
            if (buf.getByte(offset + i) != wireName.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
