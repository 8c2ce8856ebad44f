package dev.agentws.anthropic.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Writes the inside of a JSON string with as few escapes as JSON allows: quote, backslash, control characters. Half a surrogate pair
 * stays an escape, because its other half may come with the next delta.
 */
final class Reescaped {
    private static final int CHUNK = 1024;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private Reescaped() {}

    static void write(char[] chars, int offset, int length, ByteBuf out) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            int chunkEnd = Math.min(end, at + CHUNK);
            out.ensureWritable(6 * (chunkEnd - at + 1));
            while (at < chunkEnd) {
                at += character(chars, at, end, out);
            }
        }
    }

    /** Returns how many chars were taken: two for a whole surrogate pair. */
    private static int character(char[] chars, int at, int end, ByteBuf out) {
        char c = chars[at];
        if (c < 0x80) {
            ascii(c, out);
        } else if (c < 0x800) {
            out.writeByte(0xc0 | (c >> 6));
            continuation(c, out);
        } else if (!Character.isSurrogate(c)) {
            out.writeByte(0xe0 | (c >> 12));
            continuation(c >> 6, out);
            continuation(c, out);
        } else if (at + 1 < end && Character.isSurrogatePair(c, chars[at + 1])) {
            int point = Character.toCodePoint(c, chars[at + 1]);
            out.writeByte(0xf0 | (point >> 18));
            continuation(point >> 12, out);
            continuation(point >> 6, out);
            continuation(point, out);
            return 2;
        } else {
            unicode(c, out);
        }
        return 1;
    }

    private static void continuation(int bits, ByteBuf out) {
        out.writeByte(0x80 | (bits & 0x3f));
    }

    private static void ascii(char c, ByteBuf out) {
        switch (c) {
            case '"', '\\' -> out.writeByte('\\').writeByte(c);
            case '\n' -> ByteBufUtil.writeAscii(out, "\\n");
            case '\r' -> ByteBufUtil.writeAscii(out, "\\r");
            case '\t' -> ByteBufUtil.writeAscii(out, "\\t");
            case '\b' -> ByteBufUtil.writeAscii(out, "\\b");
            case '\f' -> ByteBufUtil.writeAscii(out, "\\f");
            default -> {
                if (c < ' ') {
                    unicode(c, out);
                } else {
                    out.writeByte(c);
                }
            }
        }
    }

    private static void unicode(char c, ByteBuf out) {
        out.writeByte('\\').writeByte('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.writeByte(HEX[(c >> shift) & 0xf]);
        }
    }
}
