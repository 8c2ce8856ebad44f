package dev.agentws.anthropic.stream;

import dev.agentws.agent.model.DeltaKind;
import io.netty.buffer.ByteBuf;

/**
 * Knows the three delta events that are nearly all of the traffic, byte for byte as the API writes them, and nothing else: text,
 * thinking and tool input, with any number of spaces before the last brace. What it takes is certain to be what a JSON parser would
 * have read, in valid UTF-8 without raw control characters. Allocates nothing. Confined to one thread; the accessors hold what the last
 * successful call found.
 */
final class DeltaRecogniser {
    private static final Literal EVENT =
            new Literal("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":");
    private static final Literal DELTA = new Literal(",\"delta\":{\"type\":\"");
    private static final Literal TEXT = new Literal("text_delta\",\"text\":\"");
    private static final Literal THINKING = new Literal("thinking_delta\",\"thinking\":\"");
    private static final Literal TOOL_INPUT = new Literal("input_json_delta\",\"partial_json\":\"");
    /** A larger index is left to the parser. */
    private static final int MAX_INDEX_DIGITS = 6;

    private int index;
    private DeltaKind kind = DeltaKind.TEXT;
    private int offset;
    private int length;

    int index() {
        return index;
    }

    DeltaKind kind() {
        return kind;
    }

    /** Where the string's inside begins. */
    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /**
     * Tries to take one event, event line and blank line included, each ended by LF.
     *
     * @return the index after the blank line, or -1
     */
    int take(ByteBuf buf, int from, int end) {
        if (!EVENT.at(buf, from, end)) {
            return -1;
        }
        int at = index(buf, from + EVENT.length(), end);
        if (at < 0 || !DELTA.at(buf, at, end)) {
            return -1;
        }
        at = kind(buf, at + DELTA.length(), end);
        if (at < 0) {
            return -1;
        }
        int quote = closingQuote(buf, at, end);
        if (quote < 0) {
            return -1;
        }
        offset = at;
        length = quote - at;
        return tail(buf, quote + 1, end);
    }

    private int index(ByteBuf buf, int from, int end) {
        int at = from;
        int value = 0;
        for (; at < end && at - from <= MAX_INDEX_DIGITS; at++) {
            int digit = buf.getByte(at) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
        }
        int digits = at - from;
        boolean leadingZero = digits > 1 && buf.getByte(from) == '0';
        if (digits == 0 || digits > MAX_INDEX_DIGITS || leadingZero) {
            return -1;
        }
        index = value;
        return at;
    }

    private int kind(ByteBuf buf, int at, int end) {
        if (TEXT.at(buf, at, end)) {
            kind = DeltaKind.TEXT;
            return at + TEXT.length();
        }
        if (TOOL_INPUT.at(buf, at, end)) {
            kind = DeltaKind.TOOL_INPUT;
            return at + TOOL_INPUT.length();
        }
        if (THINKING.at(buf, at, end)) {
            kind = DeltaKind.THINKING;
            return at + THINKING.length();
        }
        return -1;
    }

    /** The string's closing quote, or -1 when it is not there or anything before it is not as it must be. */
    private static int closingQuote(ByteBuf buf, int from, int end) {
        int at = from;
        while (at < end) {
            if (at + Long.BYTES <= end) {
                long hits = WordScan.notPlain(buf.getLongLE(at));
                if (hits == 0) {
                    at += Long.BYTES;
                    continue;
                }
                at += WordScan.first(hits);
            }
            byte b = buf.getByte(at);
            if (b == '"') {
                return at;
            }
            int step = step(buf, b, at, end);
            if (step == 0) {
                return -1;
            }
            at += step;
        }
        return -1;
    }

    /** How many bytes the character that begins with {@code b} takes; 0 when it is not allowed or not all there. */
    private static int step(ByteBuf buf, byte b, int at, int end) {
        if (b < 0) {
            int next = at;
            // scripts other than Latin: stay here while they last, the word scan would only stop at each character
            while (next < end && buf.getByte(next) < 0) {
                int sequence = Utf8.sequence(buf, next, end);
                if (sequence == 0) {
                    return 0;
                }
                next += sequence;
            }
            return next - at;
        }
        if (b == '\\') {
            return escape(buf, at, end);
        }
        return b < ' ' ? 0 : 1;
    }

    private static int escape(ByteBuf buf, int at, int end) {
        if (at + 1 >= end) {
            return 0;
        }
        switch (buf.getByte(at + 1)) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
                return 2;
            case 'u':
                return end - at >= 6 && hex(buf, at + 2) && hex(buf, at + 3) && hex(buf, at + 4) && hex(buf, at + 5)
                        ? 6
                        : 0;
            default:
                return 0;
        }
    }

    private static boolean hex(ByteBuf buf, int at) {
        return Character.digit(buf.getByte(at), 16) >= 0;
    }

    /** The braces, the padding and the blank line. */
    private static int tail(ByteBuf buf, int from, int end) {
        int at = from;
        if (at >= end || buf.getByte(at++) != '}') {
            return -1;
        }
        while (at < end && buf.getByte(at) == ' ') {
            at++;
        }
        boolean whole =
                end - at >= 3 && buf.getByte(at) == '}' && buf.getByte(at + 1) == '\n' && buf.getByte(at + 2) == '\n';
        return whole ? at + 3 : -1;
    }
}
