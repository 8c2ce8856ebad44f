package dev.agentws.journal.files;

import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Puts batches behind what a session has, and says how far it then reaches. For one writer's thread. */
final class SegmentWriter {
    private final Disk disk;
    private final SessionFolders folders;
    private final OpenFiles files;
    private final long segmentBytes;
    private final RecordWriter records = new RecordWriter();

    SegmentWriter(Disk disk, SessionFolders folders, OpenFiles files, long segmentBytes) {
        this.disk = disk;
        this.folders = folders;
        this.files = files;
        this.segmentBytes = segmentBytes;
    }

    /**
     * Writes the batches. Nothing of them is in the file after a failure.
     *
     * @return what the book has when they are committed
     */
    Extent write(FileBook book, List<List<Entry>> batches) throws IOException, JournalException {
        Extent extent = book.extent();
        if (!book.born() && folders.exists(book.sessionId())) {
            throw new JournalException(Reason.EXISTS, "session " + book.sessionId() + ": exists (expected: a new id)");
        }
        SegmentFile file = files.get(book);
        if (extent.segments().isEmpty() || extent.length() >= segmentBytes) {
            Segment next = new Segment(extent.entries(), batches.get(0).get(0).seq());
            // Forces it: only the last segment may have a torn tail.
            files.close(book);
            JournalException failure = book.failure();
            if (failure != null) {
                throw failure;
            }
            file = begin(book, next);
            extent = extent.rolled(next);
        } else if (file == null) {
            file = open(book, extent);
        }
        return write(file, extent, batches);
    }

    private Extent write(SegmentFile file, Extent extent, List<List<Entry>> batches) throws IOException {
        long entries = extent.entries();
        long lastSeq = extent.lastSeq();
        try {
            for (List<Entry> batch : batches) {
                records.batch(batch, file);
                entries += batch.size();
                lastSeq = batch.get(batch.size() - 1).seq();
            }
            records.flush(file);
        } catch (IOException e) {
            records.clear();
            cutBack(file, extent.length(), e);
            throw e;
        }
        return extent.grown(file.length(), entries, lastSeq);
    }

    private static void cutBack(SegmentFile file, long length, IOException cause) {
        try {
            file.cutBack(length);
        } catch (IOException e) {
            // The next opening cuts it, by the crc.
            cause.addSuppressed(e);
        }
    }

    private SegmentFile begin(FileBook book, Segment segment) throws IOException {
        Path folder = book.born() ? book.folder() : folders.begin(book.sessionId());
        SegmentFile file = new SegmentFile(disk, book, disk.create(folder.resolve(segment.fileName())), 0);
        files.put(file);
        file.named(folder);
        return file;
    }

    private SegmentFile open(FileBook book, Extent extent) throws IOException {
        Segment last = extent.segments().get(extent.segments().size() - 1);
        SegmentFile file =
                new SegmentFile(disk, book, disk.append(book.folder().resolve(last.fileName())), extent.length());
        files.put(file);
        return file;
    }
}
