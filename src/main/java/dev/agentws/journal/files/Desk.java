package dev.agentws.journal.files;

import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one writer works with: its open files and the steps of a commit. For the writer's thread. */
final class Desk {
    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

    private final Disk disk;
    private final SessionFolders folders;
    private final SegmentWriter segments;
    private final OpenFiles files;
    private final Failures failures;
    private final @Nullable Forcer forcer;
    private final Consumer<FileBook> released;

    /**
     * @param forcer forces later; null: each commit is forced
     * @param released hears of books that are done with
     */
    Desk(
            Disk disk,
            SessionFolders folders,
            FileJournalConfig config,
            Failures failures,
            @Nullable Forcer forcer,
            Consumer<FileBook> released) {
        this.disk = disk;
        this.folders = folders;
        this.failures = failures;
        this.forcer = forcer;
        this.released = released;
        files = new OpenFiles(config.openFiles() / config.writers(), failures);
        segments = new SegmentWriter(disk, folders, files, config.segmentBytes());
    }

    /** @return how far the book then reaches; null when it failed */
    @Nullable
    Extent write(FileBook book, List<List<Entry>> batches) {
        if (book.failure() != null) {
            return null;
        }
        try {
            Extent extent = segments.write(book, batches);
            mark(book);
            files.trim();
            return extent;
        } catch (JournalException e) {
            book.fail(e);
        } catch (IOException e) {
            failures.notWritten(book, e);
        }
        drop(book);
        return null;
    }

    private void mark(FileBook book) throws IOException {
        SegmentFile file = files.get(book);
        if (file == null) {
            throw new IOException("no open file after a write");
        }
        if (forcer == null) {
            file.markDirty();
            return;
        }
        if (!book.born()) {
            publish(book);
            file.moved(List.of(book.folder(), folders.shelf()));
        }
        forcer.written(file);
    }

    /** Brings a written book to the level of the journal. @return whether it is committed */
    boolean settle(FileBook book) {
        SegmentFile file = files.get(book);
        if (forcer != null || book.failure() != null) {
            return book.failure() == null;
        }
        try {
            if (file != null) {
                file.force();
            }
            if (!book.born()) {
                publish(book);
                disk.syncDirectory(folders.shelf());
            }
            return true;
        } catch (IOException e) {
            failures.notForced(book, e);
            drop(book);
            return false;
        }
    }

    private void publish(FileBook book) throws IOException {
        folders.publish(book.sessionId());
        book.bear();
    }

    private void drop(FileBook book) {
        files.close(book);
        if (!book.born()) {
            try {
                folders.discard(book.sessionId());
            } catch (IOException e) {
                LOG.warn("session {}: what was begun of it stays until the next start", book.sessionId(), e);
            }
        }
    }

    void summarize(FileBook book) {
        if (!book.born()) {
            // Kept by the book until there is a directory.
            return;
        }
        byte[] summary = book.takeSummary();
        if (summary == null) {
            return;
        }
        try {
            folders.storeSummary(book.sessionId(), summary, forcer == null);
        } catch (IOException e) {
            LOG.warn("session {}: its summary was not stored, listings show the one before", book.sessionId(), e);
        }
    }

    /** @return why it failed */
    @Nullable
    JournalException end(FileBook book, End how) {
        files.close(book);
        try {
            if (book.born()) {
                folders.end(book.sessionId(), how);
            }
            return null;
        } catch (IOException e) {
            return Failures.describe("session " + book.sessionId() + ": not ended", e);
        }
    }

    void release(FileBook book) {
        files.close(book);
        released.accept(book);
        book.markReleased();
    }

    void close() {
        files.closeAll();
    }
}
