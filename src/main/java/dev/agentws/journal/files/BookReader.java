package dev.agentws.journal.files;

import dev.agentws.journal.Entry;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the committed entries of one session. For one thread; blocks. */
final class BookReader {
    private final Tail tail;
    private final Path folder;
    private final EntryReader reader;

    BookReader(Tail tail, EntryReader reader) {
        this.tail = tail;
        this.folder = tail.folder();
        this.reader = reader;
    }

    void read(long afterSeq) throws JournalException {
        Tail.View view = tail.view();
        byte[] pending = pending(view);
        while (pending == null) {
            view = tail.view();
            pending = pending(view);
        }
        read(view, pending, afterSeq);
    }

    /** The lines that are only in the log; null when they have just been moved from there. */
    private byte @Nullable [] pending(Tail.View view) throws JournalException {
        try {
            return view.pending().load();
        } catch (NoSuchFileException e) {
            if (!tail.view().equals(view)) {
                return null;
            }
            throw new JournalException(Reason.NOT_FOUND, e.getMessage() + ": gone (expected: a log of the journal)", e);
        } catch (IOException e) {
            throw new JournalException(
                    Reason.UNAVAILABLE, "session " + tail.sessionId() + ": its log cannot be read", e);
        }
    }

    private void read(Tail.View view, byte[] pending, long afterSeq) throws JournalException {
        Extent extent = view.moved();
        List<Segment> segments = extent.segments();
        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).firstSeq() > afterSeq) {
            first--;
        }
        boolean more = extent.lastSeq() > afterSeq;
        for (int i = Math.max(0, first); more && i < segments.size(); i++) {
            long limit = i == segments.size() - 1 ? extent.length() : Long.MAX_VALUE;
            more = readSegment(segments.get(i).fileName(), limit, afterSeq);
        }
        if (more || (extent.lastSeq() <= afterSeq && view.lastSeq() > afterSeq)) {
            readPending(pending, afterSeq);
        }
    }

    private void readPending(byte[] lines, long afterSeq) throws JournalException {
        int start = 0;
        for (int end = 0; end < lines.length; end++) {
            if (lines[end] == '\n') {
                if (RecordLine.seq(lines, start, end) > afterSeq && !reader.take(entry(lines, start, end))) {
                    return;
                }
                start = end + 1;
            }
        }
    }

    private Entry entry(byte[] lines, int start, int end) throws JournalException {
        Entry entry = RecordLine.decode(lines, start, end);
        if (entry == null) {
            throw new JournalException(
                    Reason.DAMAGED,
                    "session " + tail.sessionId() + ": damaged in the log (expected: a line with a matching crc)");
        }
        return entry;
    }

    private LineReader open(String segment, long limit) throws IOException {
        try {
            return new LineReader(folder.resolve(segment), limit);
        } catch (NoSuchFileException e) {
            // Its session may have ended, and been put away.
            return new LineReader(SessionFolders.archived(folder).resolve(segment), limit);
        }
    }

    private boolean readSegment(String segment, long limit, long afterSeq) throws JournalException {
        Path file = folder.resolve(segment);
        try (LineReader lines = open(segment, limit)) {
            SegmentSearch.seek(lines, afterSeq);
            while (lines.next()) {
                Entry entry = RecordLine.decode(lines.bytes(), lines.start(), lines.end());
                if (entry == null) {
                    throw damaged(file, lines.offset());
                }
                if (entry.seq() > afterSeq && !reader.take(entry)) {
                    return false;
                }
            }
            if (lines.offset() < lines.limit() || (limit != Long.MAX_VALUE && lines.limit() < limit)) {
                throw damaged(file, lines.offset());
            }
            return true;
        } catch (NoSuchFileException e) {
            throw new JournalException(Reason.NOT_FOUND, file + ": gone (expected: a segment of the journal)", e);
        } catch (IOException e) {
            throw new JournalException(Reason.UNAVAILABLE, file + ": cannot be read", e);
        }
    }

    private static JournalException damaged(Path file, long offset) {
        return new JournalException(
                Reason.DAMAGED, file + ": damaged at byte " + offset + " (expected: a line with a matching crc)");
    }
}
