package dev.agentws.journal.files;

import dev.agentws.journal.Entry;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Reads the committed entries of one session. For one thread; blocks. */
final class BookReader {
    private final Path folder;
    private final Tail.View view;
    private final EntryReader reader;

    BookReader(Path folder, Tail.View view, EntryReader reader) {
        this.folder = folder;
        this.view = view;
        this.reader = reader;
    }

    void read(long afterSeq) throws JournalException {
        Extent extent = view.moved();
        List<Segment> segments = extent.segments();
        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).firstSeq() > afterSeq) {
            first--;
        }
        boolean more = extent.lastSeq() > afterSeq;
        for (int i = Math.max(0, first); more && i < segments.size(); i++) {
            long limit = i == segments.size() - 1 ? extent.length() : Long.MAX_VALUE;
            more = readSegment(folder.resolve(segments.get(i).fileName()), limit, afterSeq);
        }
        if (more || (extent.lastSeq() <= afterSeq && view.lastSeq() > afterSeq)) {
            readPending(afterSeq);
        }
    }

    private void readPending(long afterSeq) {
        byte[] lines = view.pending();
        int start = 0;
        for (int end = 0; end < view.size(); end++) {
            if (lines[end] == '\n') {
                if (RecordLine.seq(lines, start, end) > afterSeq && !reader.take(entry(lines, start, end))) {
                    return;
                }
                start = end + 1;
            }
        }
    }

    private static Entry entry(byte[] lines, int start, int end) {
        return Objects.requireNonNull(RecordLine.decode(lines, start, end), "a line in memory is whole");
    }

    private boolean readSegment(Path file, long limit, long afterSeq) throws JournalException {
        try (LineReader lines = new LineReader(file, limit)) {
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
