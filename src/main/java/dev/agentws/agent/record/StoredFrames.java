package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.journal.Entry;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A stretch of what a session has shown, read from its book; shows it to a reader as the event log would. Confined to one thread. */
public final class StoredFrames {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** How much is read at a time. */
    private static final long STRETCH = 256 * 1024;

    private final List<Entry> entries = new ArrayList<>();
    private final StoredTexts texts = new StoredTexts();
    private long bytes;
    /** Where the end of a message stands whose beginning is not here; -1 if there is none. */
    private int cut = -1;

    /** Reads a book. */
    @FunctionalInterface
    public interface Source {
        void read(long afterSeq, EntryReader reader) throws JournalException;
    }

    /** Reads a stretch of what was shown after {@code afterSeq}. */
    public static StoredFrames after(long afterSeq, Source book) throws JournalException {
        StoredFrames found = new StoredFrames();
        book.read(afterSeq, entry -> {
            found.add(entry);
            return found.bytes < STRETCH;
        });
        if (found.cut >= 0) {
            found.mend(book);
        }
        return found;
    }

    /** Takes a record, if it is one of something that was shown. */
    void add(Entry entry) {
        RecordKind kind = RecordKind.find(entry.kind());
        if (kind == RecordKind.WHOLE) {
            Entry frame = texts.closing(entry);
            // Only of the first message the beginning may be missing.
            cut = frame == null && cut < 0 ? entries.size() : cut;
            keep(frame == null ? entry : frame);
        } else if (kind == RecordKind.FRAME || kind == RecordKind.PIECES || kind == RecordKind.HOLE) {
            keep(entry);
        }
        if (kind == RecordKind.PIECES) {
            texts.add(entry);
        }
    }

    private void keep(Entry entry) {
        entries.add(entry);
        bytes += entry.json().length;
    }

    /** A message that was open before the stretch is closed in it: its frame has the whole text. */
    private void mend(Source book) throws JournalException {
        Entry end = entries.get(cut);
        StoredTexts all = new StoredTexts();
        book.read(StoredTexts.first(end) - 1, entry -> {
            if (entry.kind().equals(RecordKind.PIECES.word())) {
                all.add(entry);
            }
            return entry.seq() < end.seq();
        });
        Entry frame = all.closing(end);
        if (frame != null) {
            entries.set(cut, frame);
        }
    }

    /** The number up to which it says what there is; 0 when it says nothing. */
    public long lastSeq() {
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).seq();
    }

    /**
     * The number of the first event after {@code afterSeq}. More than one higher: what is between has gone or may be lost, so tell of a
     * gap, and go on in front of that event.
     *
     * @param afterSeq less than {@link #lastSeq}
     */
    public long nextSeq(long afterSeq) {
        for (Entry entry : entries) {
            if (entry.seq() > afterSeq) {
                return switch (kind(entry)) {
                    case PIECES ->
                        Math.max(afterSeq + 1, read(entry.json()).path("first").asLong());
                    case HOLE, WHOLE -> entry.seq() + 1;
                    default -> entry.seq();
                };
            }
        }
        return afterSeq + 1;
    }

    private static RecordKind kind(Entry entry) {
        return Objects.requireNonNull(RecordKind.find(entry.kind()));
    }

    /**
     * Shows a reader what follows {@code afterSeq}, until it wants no more or something may be missing, see {@link #nextSeq}.
     *
     * @return the number of the last event shown, or {@code afterSeq}
     * @throws UncheckedIOException for a record that is none
     */
    public long show(long afterSeq, LogReader reader) {
        long shown = afterSeq;
        for (Entry entry : entries) {
            if (entry.seq() <= shown) {
                continue;
            }
            RecordKind kind = kind(entry);
            if (kind == RecordKind.HOLE || kind == RecordKind.WHOLE || !reader.wantsMore()) {
                break;
            }
            if (kind == RecordKind.PIECES) {
                shown = pieces(entry, shown, reader);
            } else {
                reader.onEvent(entry.seq(), new SessionEvent.Stored(entry.json()));
                shown = entry.seq();
            }
        }
        return shown;
    }

    private static long pieces(Entry entry, long afterSeq, LogReader reader) {
        JsonNode run = read(entry.json());
        PieceKind kind = run.path("kind").asText().equals("text") ? PieceKind.TEXT : PieceKind.THINKING;
        String messageId = run.path("message_id").asText();
        EscapedText text = new EscapedText(PooledByteBufAllocator.DEFAULT);
        text.sealInto(entry.json(), StoredTexts.contentAt(entry.json()));
        long seq = run.path("first").asLong() - 1;
        int at = 0;
        int skipped = 0;
        for (JsonNode size : run.path("sizes")) {
            if (seq >= afterSeq) {
                break;
            }
            at += size.asInt();
            seq++;
            skipped++;
        }
        if (reader.merged()) {
            int rest = 0;
            for (int i = skipped; i < run.path("sizes").size(); i++) {
                rest += run.path("sizes").get(i).asInt();
            }
            reader.onPieces(entry.seq(), kind, messageId, text, at, rest);
            return entry.seq();
        }
        for (int i = skipped; i < run.path("sizes").size() && reader.wantsMore(); i++) {
            int size = run.path("sizes").get(i).asInt();
            reader.onPieces(++seq, kind, messageId, text, at, size);
            at += size;
        }
        return seq;
    }

    private static JsonNode read(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
