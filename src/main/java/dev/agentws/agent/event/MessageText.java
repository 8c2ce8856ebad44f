package dev.agentws.agent.event;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole text of one message as clients see it: usually one block's text, or parts of several blocks one after the other. Holds no
 * copy. Confined to the session's loop.
 */
public final class MessageText {
    /** The parts before the last one; most messages have none. */
    private List<Part> earlier = List.of();

    private @Nullable EscapedText text;
    private int from;
    private int to;
    private int length;

    private record Part(EscapedText text, int from, int to) {}

    /** Adds the last {@code count} bytes of {@code block}. Allocates only when the block changes. */
    public void extend(EscapedText block, int count) {
        int end = block.length();
        if (text != block || to != end - count) {
            keepLast();
            text = block;
            from = end - count;
        }
        to = end;
        length += count;
    }

    private void keepLast() {
        EscapedText last = text;
        if (last != null) {
            if (earlier.isEmpty()) {
                earlier = new ArrayList<>(1);
            }
            earlier.add(new Part(last, from, to));
        }
    }

    /** Bytes in all. */
    public int length() {
        return length;
    }

    /** All of it without a copy, as the inside of a JSON string that any thread may read; null while a part of it grows. */
    public @Nullable ByteBuf shared() {
        List<Part> parts = new ArrayList<>(earlier);
        EscapedText last = text;
        if (last != null) {
            parts.add(new Part(last, from, to));
        }
        ByteBuf[] all = new ByteBuf[parts.size()];
        for (int i = 0; i < all.length; i++) {
            Part part = parts.get(i);
            ByteBuf shared = part.text().shared(part.from(), part.to() - part.from());
            if (shared == null) {
                return null;
            }
            all[i] = shared;
        }
        return Unpooled.wrappedBuffer(all);
    }

    /** Copies it to {@code out}, as the inside of a JSON string. */
    public void copyTo(ByteBuf out) {
        for (Part part : earlier) {
            part.text().copyTo(out, part.from(), part.to() - part.from());
        }
        EscapedText last = text;
        if (last != null) {
            last.copyTo(out, from, to - from);
        }
    }
}
