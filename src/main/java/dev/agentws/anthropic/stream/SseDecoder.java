package dev.agentws.anthropic.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events in an event stream that arrives in windows cut anywhere. An event that lies whole in a window is handed on where it
 * is; only a cut one is kept, and completed by copying no further than its end. Line ends may be LF, CRLF or CR, mixed. Confined to one
 * thread; the sink may call {@link #release()} from inside a callback.
 */
final class SseDecoder {
    /** Where events go. Buffers are only valid during the call. */
    interface Sink {
        /**
         * Offers the bytes at the beginning of an event before they are looked at, so that a well-known event can be taken in one pass.
         *
         * @return the index after the event's blank line, or -1 to have the event decoded
         */
        int takeWhole(ByteBuf buf, int from, int end);

        /**
         * One event that has data; several data lines are joined by LF.
         *
         * @param name {@link StreamEvent#NONE} when there was no event line
         */
        void event(StreamEvent name, ByteBuf buf, int offset, int length);

        /** An event is larger than allowed; the decoder has stopped for good. */
        void tooLarge(int maxEventBytes);
    }

    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);

    private final Sink sink;
    private final HeldBytes held;
    private final HeldBytes joined;
    private final int maxEventBytes;

    private boolean streamStart = true;
    /** The last byte was a CR that ended a line: an LF that follows belongs to it. */
    private boolean afterCr;
    /** The window ended inside a comment before any field: nothing of it is worth keeping. */
    private boolean inComment;
    /** Where the held event was cut: whether at the beginning of a line. */
    private boolean cutAtLineStart;

    /** An event was cut, and its beginning is held. */
    private boolean holding;

    private boolean decoding;
    private boolean stopped;

    private StreamEvent name = StreamEvent.NONE;
    private int dataLines;
    private int dataOffset;
    private int dataLength;

    SseDecoder(Sink sink, ByteBufAllocator allocator, int maxEventBytes) {
        this.sink = sink;
        this.held = new HeldBytes(allocator);
        this.joined = new HeldBytes(allocator);
        this.maxEventBytes = maxEventBytes;
    }

    /** Decodes one window. The buffer stays the caller's. */
    void feed(ByteBuf buf, int offset, int length) {
        if (stopped || length == 0) {
            return;
        }
        decoding = true;
        try {
            decode(buf, offset, offset + length);
        } finally {
            leave();
        }
    }

    /** The stream is over: an event that lacks only its blank line is handed on all the same. */
    void end() {
        ByteBuf cut = held.get();
        if (stopped || cut == null) {
            return;
        }
        decoding = true;
        try {
            cut.writeByte('\n').writeByte('\n');
            decodeHeld(cut);
        } finally {
            leave();
        }
    }

    /** Stops for good and frees what is held, after the running callback if there is one. Idempotent. */
    void release() {
        stopped = true;
        if (!decoding) {
            free();
        }
    }

    private void leave() {
        decoding = false;
        if (stopped) {
            free();
        }
    }

    private void free() {
        held.free();
        joined.free();
    }

    private void decode(ByteBuf buf, int from, int end) {
        int at = from;
        ByteBuf cut = holding ? held.get() : null;
        if (afterCr) {
            afterCr = false;
            if (buf.getByte(at) == '\n') {
                at++;
                if (cut != null) {
                    // or the CR and a later LF would look like one line end
                    cut.writeByte('\n');
                }
            }
        }
        if (inComment) {
            at = skipComment(buf, at, end);
        }
        if (cut != null) {
            at = complete(cut, buf, at, end);
        }
        while (at < end && !stopped) {
            int next = event(buf, at, end);
            if (next < 0) {
                hold(buf, at, end);
                return;
            }
            at = next;
        }
    }

    private int skipComment(ByteBuf buf, int from, int end) {
        int eol = WordScan.endOfLine(buf, from, end);
        if (eol < 0) {
            return end;
        }
        inComment = false;
        return afterLineEnd(buf, eol, end);
    }

    private void hold(ByteBuf buf, int from, int end) {
        if (end - from > maxEventBytes) {
            overflow();
        } else {
            held.begin(buf, from, end - from);
            holding = true;
        }
    }

    /** Copies as much of the window as belongs to the held event, and decodes that when it is whole. */
    private int complete(ByteBuf cut, ByteBuf buf, int from, int end) {
        int eventEnd = endOfEvent(buf, from, end);
        int to = eventEnd < 0 ? end : eventEnd;
        if (cut.readableBytes() + (to - from) > maxEventBytes) {
            overflow();
            return end;
        }
        cut.writeBytes(buf, from, to - from);
        if (eventEnd >= 0) {
            decodeHeld(cut);
        }
        return to;
    }

    private void decodeHeld(ByteBuf cut) {
        int at = cut.readerIndex();
        int end = cut.writerIndex();
        // More than once only if a byte order mark hid a blank line or a comment from the search for the end.
        while (at >= 0 && at < end && !stopped) {
            at = event(cut, at, end);
        }
        held.clear();
        holding = false;
    }

    /** Goes on looking for the blank line from where the held event was cut, so that no byte is searched twice. */
    private int endOfEvent(ByteBuf buf, int from, int end) {
        int at = from;
        while (at < end) {
            int eol = WordScan.endOfLine(buf, at, end);
            if (eol < 0) {
                cutAtLineStart = false;
                return -1;
            }
            boolean blank = cutAtLineStart && eol == at;
            cutAtLineStart = true;
            at = afterLineEnd(buf, eol, end);
            if (blank) {
                return at;
            }
        }
        return -1;
    }

    /** Decodes one event, or one comment before it. Returns the index after it, or -1 if it is cut. */
    private int event(ByteBuf buf, int from, int end) {
        int next = sink.takeWhole(buf, from, Math.min(end, from + maxEventBytes));
        if (next >= 0) {
            streamStart = false;
            return next;
        }
        name = StreamEvent.NONE;
        dataLines = 0;
        int at = streamStart ? afterByteOrderMark(buf, from, end) : from;
        boolean fields = false;
        while (at < end) {
            int eol = WordScan.endOfLine(buf, at, end);
            boolean comment = !fields && buf.getByte(at) == ':';
            if (eol < 0) {
                cutAtLineStart = false;
                inComment = comment;
                streamStart &= !comment;
                return comment ? end : -1;
            }
            int lineEnd = afterLineEnd(buf, eol, end);
            if (comment || eol == at) {
                streamStart = false;
                return dispatch(buf, from, lineEnd, end);
            }
            field(buf, at, eol);
            fields = true;
            at = lineEnd;
        }
        cutAtLineStart = true;
        return -1;
    }

    private int dispatch(ByteBuf buf, int from, int next, int end) {
        if (next - from > maxEventBytes) {
            overflow();
            return end;
        }
        ByteBuf several = joined.get();
        if (dataLines == 1) {
            sink.event(name, buf, dataOffset, dataLength);
        } else if (dataLines > 1 && several != null) {
            sink.event(name, several, several.readerIndex(), several.readableBytes());
            joined.clear();
        }
        return next;
    }

    private void overflow() {
        stopped = true;
        sink.tooLarge(maxEventBytes);
    }

    private void field(ByteBuf buf, int from, int eol) {
        int value = valueOf(DATA, buf, from, eol);
        if (value >= 0) {
            data(buf, value, eol - value);
            return;
        }
        value = valueOf(EVENT, buf, from, eol);
        if (value >= 0) {
            name = StreamEvent.named(buf, value, eol - value);
        }
    }

    private void data(ByteBuf buf, int offset, int length) {
        dataLines++;
        if (dataLines == 1) {
            dataOffset = offset;
            dataLength = length;
            return;
        }
        ByteBuf several = dataLines == 2 ? joined.begin(buf, dataOffset, dataLength) : joined.get();
        if (several != null) {
            several.writeByte('\n').writeBytes(buf, offset, length);
        }
    }

    /** Where the value of the line begins if it is that field's, or -1. A field without a colon has an empty value. */
    private static int valueOf(byte[] field, ByteBuf buf, int from, int eol) {
        int colon = from + field.length;
        if (colon > eol) {
            return -1;
        }
        for (int i = 0; i < field.length; i++) {
            if (buf.getByte(from + i) != field[i]) {
                return -1;
            }
        }
        if (colon == eol) {
            return eol;
        }
        if (buf.getByte(colon) != ':') {
            return -1;
        }
        int value = colon + 1;
        return value < eol && buf.getByte(value) == ' ' ? value + 1 : value;
    }

    private int afterLineEnd(ByteBuf buf, int eol, int end) {
        int next = eol + 1;
        if (buf.getByte(eol) != '\r') {
            return next;
        }
        if (next == end) {
            afterCr = true;
            return next;
        }
        return buf.getByte(next) == '\n' ? next + 1 : next;
    }

    private static int afterByteOrderMark(ByteBuf buf, int from, int end) {
        return end - from >= 3 && buf.getUnsignedMedium(from) == 0xefbbbf ? from + 3 : from;
    }

    /** A pooled buffer that is there only while it is needed, and kept for reuse while it is small. */
    private static final class HeldBytes {
        private static final int KEPT_BYTES = 64 << 10;

        private final ByteBufAllocator allocator;
        private @Nullable ByteBuf buffer;

        HeldBytes(ByteBufAllocator allocator) {
            this.allocator = allocator;
        }

        /** The bytes, or null if there are none. */
        @Nullable
        ByteBuf get() {
            return buffer != null && buffer.isReadable() ? buffer : null;
        }

        ByteBuf begin(ByteBuf source, int offset, int length) {
            if (buffer == null) {
                buffer = allocator.buffer(Math.max(1024, 2 * length));
            }
            return buffer.clear().writeBytes(source, offset, length);
        }

        void clear() {
            if (buffer != null && buffer.capacity() > KEPT_BYTES) {
                free();
            } else if (buffer != null) {
                buffer.clear();
            }
        }

        void free() {
            if (buffer != null) {
                buffer.release();
                buffer = null;
            }
        }
    }
}
