package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what a session has only in the log to files of its own, and to the disk. May be done again after any failure: it begins where
 * the session's own files were whole, and what a failure leaves there is the beginning of the same lines. For one writer's thread.
 */
final class Mover {
    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

    private final Disk disk;
    private final SessionFolders folders;
    private final long segmentBytes;

    Mover(Disk disk, SessionFolders folders, long segmentBytes) {
        this.disk = disk;
        this.folders = folders;
        this.segmentBytes = segmentBytes;
    }

    /** @return what the session then has in files of its own */
    Extent move(Tail tail) throws IOException {
        Tail.View view = tail.view();
        boolean newborn = !tail.born();
        try {
            Extent extent = write(tail, view);
            if (newborn) {
                folders.publish(tail.sessionId());
                tail.bear();
                disk.syncDirectory(folders.shelf());
            }
            return extent;
        } catch (IOException e) {
            if (!tail.born()) {
                discard(tail);
            }
            throw e;
        }
    }

    private void discard(Tail tail) {
        try {
            folders.discard(tail.sessionId());
        } catch (IOException e) {
            LOG.warn("session {}: what was begun of it stays until the next start", tail.sessionId(), e);
        }
    }

    private Extent write(Tail tail, Tail.View view) throws IOException {
        Extent extent = view.moved();
        Segment last = extent.last();
        Segment open = last == null || extent.length() >= segmentBytes ? null : last;
        boolean fresh = open == null;
        Path folder = tail.born() ? tail.folder() : folders.begin(tail.sessionId());
        Segment segment = open == null ? new Segment(extent.entries(), firstSeq(view)) : open;
        Path file = folder.resolve(segment.fileName());
        try (Disk.Output output = fresh ? create(file) : goOn(file, extent)) {
            output.write(ByteBuffer.wrap(view.pending(), 0, view.size()));
            output.force();
        }
        if (fresh) {
            disk.syncDirectory(folder);
            extent = extent.rolled(segment);
        }
        return extent.grown(extent.length() + view.size(), view.entries(), view.lastSeq());
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

    private static long firstSeq(Tail.View view) {
        return RecordLine.seq(view.pending(), 0, view.size());
    }
}
