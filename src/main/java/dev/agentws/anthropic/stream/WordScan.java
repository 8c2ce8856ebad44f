package dev.agentws.anthropic.stream;

import io.netty.buffer.ByteBuf;

/**
 * Looks at eight bytes at a time. In the result of each test below the high bit of every byte that passes is set; bits above the lowest
 * one may be wrong (a borrow runs upwards), so only the lowest may be used.
 */
final class WordScan {
    static final long HIGH_BITS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;
    private static final long LINE_FEEDS = ONES * '\n';
    private static final long CARRIAGE_RETURNS = ONES * '\r';
    private static final long SPACES = ONES * ' ';
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    private WordScan() {}

    /** Bytes that end or interrupt the plain ASCII inside of a JSON string: quote, backslash, control characters, non-ASCII. */
    static long notPlain(long word) {
        return zeros(word ^ QUOTES)
                | zeros(word ^ BACKSLASHES)
                | ((word - SPACES) & ~word & HIGH_BITS)
                | (word & HIGH_BITS);
    }

    /** The position of the lowest byte of a test's result that is not zero. */
    static int first(long hits) {
        return Long.numberOfTrailingZeros(hits) >>> 3;
    }

    /** The index of the first CR or LF in {@code from} to {@code end}, or -1. */
    static int endOfLine(ByteBuf buf, int from, int end) {
        int at = from;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long word = buf.getLongLE(at);
            long hits = zeros(word ^ LINE_FEEDS) | zeros(word ^ CARRIAGE_RETURNS);
            if (hits != 0) {
                return at + first(hits);
            }
        }
        for (; at < end; at++) {
            byte b = buf.getByte(at);
            if (b == '\n' || b == '\r') {
                return at;
            }
        }
        return -1;
    }

    private static long zeros(long word) {
        return (word - ONES) & ~word & HIGH_BITS;
    }
}
