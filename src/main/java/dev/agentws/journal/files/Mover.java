package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what a session has only in the log to files of its own, and to the disk. May be done again after any failure: it begins where
 * the session's own files were whole, and what a failure leaves there is the beginning of the same lines. For one writer's thread.
 */
final class Mover {
    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

    private static final int ROOM = 64 << 10;

    private final Disk disk;
    private final SessionFolders folders;
    private final long segmentBytes;
    private final boolean ahead;
    private final AheadMark mark;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(ROOM);
    private boolean newNames;

    /** @param ahead whether what sessions without a directory have shown may be ahead of the log */
    Mover(Disk disk, SessionFolders folders, long segmentBytes, boolean ahead) {
        this.disk = disk;
        this.folders = folders;
        this.segmentBytes = segmentBytes;
        this.ahead = ahead;
        mark = new AheadMark(disk);
    }

    /**
     * Moves what is only in the log. A new session's name is on the disk after {@link #settle} only.
     *
     * @param doubted whether the disk may have dropped some of it: then what is not as it was written, and all behind it, stays behind
     * @return what the session then has in files of its own
     */
    Extent move(Tail tail, boolean doubted) throws IOException {
        Tail.View view = tail.view();
        Saved saved = doubted ? Saved.of(view) : null;
        if (saved != null && saved.length() == 0) {
            return view.moved();
        }
        boolean newborn = !tail.born();
        try {
            Extent extent = write(tail, view, saved);
            if (newborn) {
                folders.publish(tail.sessionId());
                tail.bear();
                newNames = true;
            }
            return extent;
        } catch (IOException e) {
            if (!tail.born()) {
                discard(tail);
            }
            throw e;
        }
    }

    /** Brings the names of new sessions to the disk, one sync for all of them; before that, no log that has their lines may go. */
    void settle() throws IOException {
        if (newNames) {
            disk.syncDirectory(folders.shelf());
            newNames = false;
        }
    }

    /** What a log that failed still has of a session: whole batches from the first on. */
    private record Saved(byte[] lines, int length, int entries, long lastSeq) {
        static Saved of(Tail.View view) throws IOException {
            byte[] lines = view.pending().load();
            Saved saved = new Saved(lines, 0, 0, view.moved().lastSeq());
            int entries = 0;
            int start = 0;
            for (int end = 0; end < lines.length; end++) {
                if (lines[end] == '\n') {
                    if (!RecordLine.intact(lines, start, end)) {
                        return saved;
                    }
                    entries++;
                    if (!RecordLine.more(lines, start, end)) {
                        saved = new Saved(lines, end + 1, entries, RecordLine.seq(lines, start, end));
                    }
                    start = end + 1;
                }
            }
            return saved;
        }
    }

    private void discard(Tail tail) {
        try {
            folders.discard(tail.sessionId());
        } catch (IOException e) {
            LOG.warn("session {}: what was begun of it stays until the next start", tail.sessionId(), e);
        }
    }

    private Extent write(Tail tail, Tail.View view, @Nullable Saved saved) throws IOException {
        Extent extent = view.moved();
        Segment last = extent.last();
        Segment open = last == null || extent.length() >= segmentBytes ? null : last;
        boolean fresh = open == null;
        Path folder = tail.born() ? tail.folder() : begin(tail.sessionId());
        Segment segment = open == null ? new Segment(extent.entries(), view.pendingSeq()) : open;
        Path file = folder.resolve(segment.fileName());
        try (Disk.Output output = fresh ? create(file) : goOn(file, extent)) {
            if (saved == null) {
                view.pending().pour(buffer.clear(), output::write);
            } else {
                output.write(ByteBuffer.wrap(saved.lines(), 0, saved.length()));
            }
            output.force();
        }
        if (fresh) {
            disk.syncDirectory(folder);
            extent = extent.rolled(segment);
        }
        return saved == null
                ? extent.grown(extent.length() + view.pending().bytes(), view.entries(), view.lastSeq())
                : extent.grown(extent.length() + saved.length(), extent.entries() + saved.entries(), saved.lastSeq());
    }

    private Path begin(String sessionId) throws IOException {
        Path folder = folders.begin(sessionId);
        if (ahead) {
            mark.put(folder);
        }
        return folder;
    }

    private Disk.Output create(Path file) throws IOException {
        if (Files.exists(file)) {
            disk.delete(file);
        }
        return disk.create(file);
    }

    private Disk.Output goOn(Path file, Extent extent) throws IOException {
        Disk.Output output = disk.append(file);
        try {
            output.truncate(extent.length());
            return output;
        } catch (IOException e) {
            output.close();
            throw e;
        }
    }
}
