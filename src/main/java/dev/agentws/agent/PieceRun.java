package dev.agentws.agent;

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
        return kind == nextKind && text == block && from + length == offset && messageId.equals(nextMessage);
    }

    void add(int count) {
        ByteBuf open = growingLengths;
        if (open == null) {
            open = allocator.directBuffer(64);
            growingLengths = open;
        }
        int rest = count;
        while (rest > 0x7f) {
            open.writeByte(rest & 0x7f | 0x80);
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

    /** Shows what came after {@code afterSeq} as one merged piece whose sequence number is the last one's. */
    @Override
    public void show(long afterSeq, LogReader reader) {
        int skipped = afterSeq < firstSeq ? 0 : lengthOfFirst((int) (afterSeq - firstSeq + 1));
        reader.onPieces(lastSeq, kind, messageId, text, from + skipped, length - skipped);
    }

    private int lengthOfFirst(int pieces) {
        ByteBuf open = growingLengths;
        int sum = 0;
        int at = 0;
        for (int i = 0; i < pieces; i++) {
            int shift = 0;
            int next;
            do {
                next = open != null ? open.getByte(at) : lengths[at];
                at++;
                sum += (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
        }
        return sum;
    }
}
