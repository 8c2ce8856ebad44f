package dev.agentws.agent.event;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of one message that followed each other without any other event between them. The text itself stays in its block; here is
 * only where it begins and how long each piece was (one or two bytes a piece), so that a reader who comes back with any sequence
 * number gets exactly the rest. Confined to the session's loop.
 */
final class PieceRun implements LogEntry {
    private static final byte[] NONE = new byte[0];
    /** A longer run is begun anew, so that finding a piece in it stays cheap. */
    private static final int MAX_PIECES = 4096;

    private final PieceKind kind;
    private final String messageId;
    private final EscapedText text;
    private final int from;
    private final long firstSeq;
    private long lastSeq;
    private int length;
    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf growingLengths;
    private byte[] lengths = NONE;
    /** Where a reader stopped last: whoever follows the session goes on there, however long the run has become. */
    private int readPieces;

    private int readBytes;
    private int readAt;

    PieceRun(PieceKind kind, String messageId, EscapedText text, int from, long firstSeq, ByteBufAllocator allocator) {
        this.kind = kind;
        this.messageId = messageId;
        this.text = text;
        this.from = from;
        this.firstSeq = firstSeq;
        this.lastSeq = firstSeq - 1;
        this.allocator = allocator;
    }

    /** Whether a piece that starts at {@code offset} of {@code block} goes on where this run stopped. */
    boolean continues(PieceKind nextKind, String nextMessage, EscapedText block, int offset) {
        return kind == nextKind
                && text == block
                && from + length == offset
                && lastSeq - firstSeq < MAX_PIECES
                && messageId.equals(nextMessage);
    }

    void add(int count) {
        ByteBuf open = growingLengths;
        if (open == null) {
            open = allocator.directBuffer(64);
            growingLengths = open;
        }
        int rest = count;
        while (rest > 0x7f) {
            open.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        open.writeByte(rest);
        lastSeq++;
        length += count;
    }

    /** Gives the growing room back. Idempotent. */
    void seal() {
        ByteBuf open = growingLengths;
        if (open != null) {
            growingLengths = null;
            lengths = new byte[open.readableBytes()];
            open.readBytes(lengths);
            open.release();
        }
    }

    PieceKind kind() {
        return kind;
    }

    String messageId() {
        return messageId;
    }

    @Override
    public long firstSeq() {
        return firstSeq;
    }

    @Override
    public long lastSeq() {
        return lastSeq;
    }

    @Override
    public int weight() {
        return length + (int) (lastSeq - firstSeq) + 96;
    }

    @Override
    public long show(long afterSeq, long upToSeq, LogReader reader) {
        long end = Math.min(lastSeq, upToSeq);
        int skipped = afterSeq < firstSeq ? 0 : (int) (afterSeq - firstSeq + 1);
        Lengths each = new Lengths(skipped);
        if (reader.merged()) {
            int offset = each.bytes;
            int rest = end == lastSeq ? length - offset : each.skipTo((int) (end - firstSeq + 1)) - offset;
            reader.onPieces(end, kind, messageId, text, from + offset, rest);
            return end;
        }
        long seq = firstSeq + skipped - 1;
        while (seq < end && reader.wantsMore()) {
            int offset = each.bytes;
            reader.onPieces(++seq, kind, messageId, text, from + offset, each.next());
        }
        readPieces = each.pieces;
        readBytes = each.bytes;
        readAt = each.at;
        return seq;
    }

    /** Walks over the lengths of the pieces. */
    private final class Lengths {
        private final @Nullable ByteBuf open = growingLengths;
        private int pieces;
        private int bytes;
        private int at;

        /** Stands behind so many pieces. */
        Lengths(int skipped) {
            if (skipped >= readPieces) {
                pieces = readPieces;
                bytes = readBytes;
                at = readAt;
            }
            skipTo(skipped);
        }

        /** @return how many bytes so many pieces have */
        int skipTo(int count) {
            while (pieces < count) {
                next();
            }
            return bytes;
        }

        int next() {
            ByteBuf source = open;
            int value = 0;
            int shift = 0;
            int next;
            do {
                next = source != null ? source.getByte(at) : lengths[at];
                at++;
                value += (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
            pieces++;
            bytes += value;
            return value;
        }
    }
}
