package dev.agentws.anthropic.http;

import io.netty.buffer.ByteBuf;

/**
 * The chunked transfer coding (RFC 9112 section 7.1), by the letter: hexadecimal digits, an extension at most, CRLF. Extensions and
 * trailers are bounded and dropped. Allocates nothing. Confined to the connection's event loop.
 */
final class ChunkedBody {
    private static final int MAX_SIGNIFICANT_DIGITS = 8;
    private static final int MAX_DIGITS = 16;
    private static final int MAX_EXTENSION_BYTES = 256;
    private static final int MAX_TRAILER_BYTES = 8 * 1024;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER,
        TRAILER_LF,
        END_LF,
        OVER
    }

    private State state = State.OVER;
    private long size;
    private int digits;
    /** Bytes of the extension, or of all trailers. */
    private int dropped;

    void begin() {
        state = State.SIZE;
        size = 0;
        digits = 0;
        dropped = 0;
    }

    boolean isOver() {
        return state == State.OVER;
    }

    /** Takes framing bytes up to the next data byte, the end of the body or {@code end}. Returns the index after the last one taken. */
    int skipToData(ByteBuf buf, int from, int end) throws MalformedResponseException {
        int at = from;
        while (at < end && state != State.DATA && state != State.OVER) {
            take(buf.getByte(at) & 0xFF);
            at++;
        }
        return at;
    }

    /** Counts data bytes as taken. Returns how many of the {@code available} ones belong to this chunk; none outside of a chunk's data. */
    int takeData(int available) {
        if (state != State.DATA) {
            return 0;
        }
        int length = (int) Math.min(size, available);
        size -= length;
        if (size == 0) {
            state = State.DATA_CR;
        }
        return length;
    }

    private void take(int b) throws MalformedResponseException {
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_LF -> {
                require(b, '\n', "chunk size: CR without LF");
                state = size == 0 ? State.TRAILER_START : State.DATA;
                dropped = 0;
            }
            case DATA_CR -> {
                require(b, '\r', "chunk: longer than its size");
                state = State.DATA_LF;
            }
            case DATA_LF -> {
                require(b, '\n', "chunk: CR without LF after the data");
                begin();
            }
            case END_LF -> {
                require(b, '\n', "trailers: CR without LF");
                state = State.OVER;
            }
            default -> trailer(b);
        }
    }

    private void size(int b) throws MalformedResponseException {
        int digit = hex(b);
        if (digit >= 0) {
            size = size << 4 | digit;
            if (++digits > MAX_DIGITS || size >>> (4 * MAX_SIGNIFICANT_DIGITS) != 0) {
                throw new MalformedResponseException("chunk size: more than " + MAX_SIGNIFICANT_DIGITS + " digits");
            }
        } else if (digits > 0 && b == '\r') {
            state = State.SIZE_LF;
        } else if (digits > 0 && b == ';') {
            state = State.EXTENSION;
        } else {
            throw new MalformedResponseException("chunk size: byte " + b + " (expected: a hexadecimal digit)");
        }
    }

    private void extension(int b) throws MalformedResponseException {
        if (b == '\r') {
            state = State.SIZE_LF;
        } else if (!HttpText.isFieldByte(b) || ++dropped > MAX_EXTENSION_BYTES) {
            throw new MalformedResponseException("chunk extension: control character, or too long");
        }
    }

    private void trailer(int b) throws MalformedResponseException {
        if (++dropped > MAX_TRAILER_BYTES) {
            throw new MalformedResponseException("trailers: more than " + MAX_TRAILER_BYTES + " bytes");
        }
        if (state == State.TRAILER_LF) {
            require(b, '\n', "trailers: CR without LF");
            state = State.TRAILER_START;
        } else if (b == '\r') {
            state = state == State.TRAILER_START ? State.END_LF : State.TRAILER_LF;
        } else if (HttpText.isFieldByte(b)) {
            state = State.TRAILER;
        } else {
            throw new MalformedResponseException("trailers: control character " + b);
        }
    }

    private static void require(int b, int expected, String why) throws MalformedResponseException {
        if (b != expected) {
            throw new MalformedResponseException(why);
        }
    }

    private static int hex(int b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int letter = b | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }
}
