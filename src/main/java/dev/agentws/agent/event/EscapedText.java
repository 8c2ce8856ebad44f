package dev.agentws.agent.event;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The text of one block, as the inside of a JSON string, stored once: while it grows in a pooled buffer (no heap allocation per
 * piece), afterwards in the block's own JSON. The event log and the transcript both read it here. Confined to the session's loop.
 */
public final class EscapedText {
    private static final int FIRST_CAPACITY = 512;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf growing;
    private byte[] home = new byte[0];
    private int homeOffset;
    private int length;

    /** An empty text that takes its growing room from {@code allocator}; {@link #seal()} or {@link #sealInto} gives it back. */
    public EscapedText(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Appends a copy of some bytes, which stay the caller's. Only before it is sealed. */
    public void append(ByteBuf bytes, int offset, int count) {
        ByteBuf target = growing;
        if (target == null) {
            target = allocator.directBuffer(Math.max(FIRST_CAPACITY, count));
            growing = target;
        }
        target.writeBytes(bytes, offset, count);
        length += count;
    }

    /** Bytes so far. */
    public int length() {
        return length;
    }

    /** Where in {@code json} it begins, if that is where it is kept; otherwise -1. */
    public int placeIn(byte[] json) {
        return home == json && length > 0 ? homeOffset : -1;
    }

    /** Copies a part to {@code out}. */
    public void copyTo(ByteBuf out, int from, int count) {
        ByteBuf open = growing;
        if (open != null) {
            out.writeBytes(open, from, count);
        } else {
            out.writeBytes(home, homeOffset + from, count);
        }
    }

    /** Copies all of it to {@code target}. */
    public void copyTo(byte[] target, int offset) {
        copyTo(target, offset, 0, length);
    }

    /** Copies a part to {@code target}. */
    public void copyTo(byte[] target, int offset, int from, int count) {
        ByteBuf open = growing;
        if (open != null) {
            open.getBytes(from, target, offset, count);
        } else {
            System.arraycopy(home, homeOffset + from, target, offset, count);
        }
    }

    /** A part of it without a copy, for any thread; null while it grows. */
    @Nullable
    ByteBuf shared(int from, int count) {
        return growing == null ? Unpooled.wrappedBuffer(home, homeOffset + from, count) : null;
    }

    /** Ends the growth: from now on the text is the part of {@code json} that begins at {@code offset} and holds the same bytes. */
    public void sealInto(byte[] json, int offset) {
        home = json;
        homeOffset = offset;
        release();
    }

    /** Ends the growth and keeps the text on its own. Idempotent. */
    public void seal() {
        ByteBuf open = growing;
        if (open != null) {
            byte[] copy = new byte[length];
            open.getBytes(0, copy);
            sealInto(copy, 0);
        }
    }

    private void release() {
        ByteBuf open = growing;
        if (open != null) {
            growing = null;
            open.release();
        }
    }
}
