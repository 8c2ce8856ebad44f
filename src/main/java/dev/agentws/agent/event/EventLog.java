package dev.agentws.agent.event;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Everything a session has said, numbered from 1 without gaps, for readers who come back. Bounded: beyond {@code maxBytes} the oldest
 * entries go, and a reader who asks for them is told so. Confined to the session's loop.
 */
public final class EventLog {
    /** What a driver who is slow may have waiting besides: what still comes of its paused turn is far less. */
    private static final long MOST_FOR_DRIVER = 1 << 20;

    private final ArrayList<LogEntry> entries = new ArrayList<>(2);
    /** Entries before this index have been dropped; they leave the list in bulk. */
    private int head;

    private final ByteBufAllocator allocator;
    private final long maxBytes;
    private long bytes;
    private long lastSeq;
    private @Nullable PieceRun openRun;
    /** Entries from this number on are wanted yet, however many they are. */
    private long keptFrom = Long.MAX_VALUE;

    private long keptForDriver = Long.MAX_VALUE;

    /** @param maxBytes about how much it may hold on to */
    public EventLog(ByteBufAllocator allocator, long maxBytes) {
        this.allocator = allocator;
        this.maxBytes = maxBytes;
    }

    /** The number of the newest event; 0 when there is none. */
    public long lastSeq() {
        return lastSeq;
    }

    /** The number of the oldest event that is still here; one more than {@link #lastSeq()} when there is none. */
    public long firstSeq() {
        return head == entries.size() ? lastSeq + 1 : entries.get(head).firstSeq();
    }

    /** What has this number or a higher one is not dropped. */
    public void keepFrom(long seq) {
        keptFrom = seq;
        trim();
    }

    /** The same for the one whose pace is the turn's; it is slow, so little comes that it has not read. */
    public void keepForDriver(long seq) {
        keptForDriver = seq;
        trim();
    }

    /** Goes on after {@code seq}; only while it is empty. What came before is not here. */
    public void continueAfter(long seq) {
        lastSeq = seq;
    }

    /** Numbers an event and keeps it. */
    public long append(SessionEvent event) {
        closeRun();
        long seq = ++lastSeq;
        add(new LogEntry.Single(seq, event, event.weight()));
        return seq;
    }

    /** Numbers a piece: the last {@code length} bytes of {@code text}. The hot path: no heap allocation within a run. */
    public long appendPiece(PieceKind kind, String messageId, EscapedText text, int length) {
        PieceRun run = openRun;
        int offset = text.length() - length;
        if (run == null || !run.continues(kind, messageId, text, offset)) {
            closeRun();
            run = new PieceRun(kind, messageId, text, offset, lastSeq + 1, allocator);
            openRun = run;
            entries.add(run);
        }
        run.add(length);
        return ++lastSeq;
    }

    /** Ends a run of pieces and gives its growing room back. Idempotent; every turn ends with it. */
    public void closeRun() {
        PieceRun run = openRun;
        if (run != null) {
            openRun = null;
            run.seal();
            bytes += run.weight();
            trim();
        }
    }

    /**
     * Shows a reader what follows {@code afterSeq}, at most up to {@code upToSeq}, until it wants no more.
     *
     * @return the number of the last event shown, or {@code afterSeq}
     */
    public long read(long afterSeq, long upToSeq, LogReader reader) {
        long shown = afterSeq;
        for (int i = firstAfter(afterSeq); i < entries.size() && shown < upToSeq && reader.wantsMore(); i++) {
            if (entries.get(i).firstSeq() > upToSeq) {
                break;
            }
            shown = entries.get(i).show(shown, upToSeq, reader);
        }
        return shown;
    }

    /** The index of the first entry that holds anything after {@code afterSeq}. */
    private int firstAfter(long afterSeq) {
        int low = head;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).lastSeq() <= afterSeq) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void add(LogEntry entry) {
        entries.add(entry);
        bytes += entry.weight();
        trim();
    }

    private void trim() {
        while (bytes > maxBytes
                && entries.size() - head > 1
                && entries.get(head).lastSeq() < keptFrom
                && (entries.get(head).lastSeq() < keptForDriver || bytes > maxBytes + MOST_FOR_DRIVER)) {
            bytes -= entries.get(head++).weight();
        }
        if (head > 64 && head > entries.size() / 2) {
            entries.subList(0, head).clear();
            head = 0;
        }
    }
}
