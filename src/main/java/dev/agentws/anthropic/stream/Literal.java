package dev.agentws.anthropic.stream;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A fixed piece of ASCII of at least eight bytes, compared eight bytes at a time; the last word overlaps the one before. Immutable. */
final class Literal {
    private final long[] words;
    private final int length;

    Literal(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        length = bytes.length;
        words = new long[(length + Long.BYTES - 1) / Long.BYTES];
        for (int i = 0; i < words.length; i++) {
            words[i] = source.getLong(offsetOf(i));
        }
    }

    int length() {
        return length;
    }

    /** Whether the piece stands at that place. */
    boolean at(ByteBuf buf, int at, int end) {
        if (end - at < length) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (buf.getLongLE(at + offsetOf(i)) != words[i]) {
                return false;
            }
        }
        return true;
    }

    private int offsetOf(int word) {
        return Math.min(word * Long.BYTES, length - Long.BYTES);
    }
}
