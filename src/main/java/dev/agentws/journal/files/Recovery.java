package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what of a session is whole. Only the last segment can have a torn tail, because a segment is on the disk before the next is
 * begun. The tail is cut behind the last whole batch and kept beside it.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Disk disk;
    private final Path folder;

    Recovery(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /** Blocks. What is left is safe to append to. */
    Extent recover() throws IOException {
        List<Segment> segments = segments();
        while (!segments.isEmpty()) {
            Segment last = segments.get(segments.size() - 1);
            Path file = folder.resolve(last.fileName());
            Tail tail = scan(file, last);
            if (tail.length < tail.size) {
                cut(file, tail);
            }
            if (tail.length > 0) {
                return new Extent(List.copyOf(segments), tail.length, tail.entries, tail.lastSeq);
            }
            // Its name tells of entries that are not there.
            disk.delete(file);
            segments.remove(segments.size() - 1);
        }
        return Extent.EMPTY;
    }

    private List<Segment> segments() throws IOException {
        List<Segment> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Segment segment = Segment.parse(file.getFileName().toString());
                if (segment != null) {
                    found.add(segment);
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(found);
        return found;
    }

    private static Tail scan(Path file, Segment segment) throws IOException {
        try (LineReader lines = new LineReader(file, Long.MAX_VALUE)) {
            Tail tail = new Tail(lines.limit(), segment);
            long entries = tail.entries;
            while (lines.next() && RecordLine.intact(lines.bytes(), lines.start(), lines.end())) {
                entries++;
                if (!RecordLine.more(lines.bytes(), lines.start(), lines.end())) {
                    tail.length = lines.behind();
                    tail.entries = entries;
                    tail.lastSeq = RecordLine.seq(lines.bytes(), lines.start(), lines.end());
                }
            }
            return tail;
        }
    }

    private void cut(Path file, Tail tail) throws IOException {
        Path kept = Remains.keep(disk, file, tail.length);
        try (Disk.Output output = disk.append(file)) {
            output.truncate(tail.length);
            output.force();
        }
        LOG.warn(
                "{}: cut {} bytes behind the last whole batch at byte {} (a write that a crash cut short), kept in {}",
                file,
                tail.size - tail.length,
                tail.length,
                kept.getFileName());
    }

    /** The last segment: its size, and where its last whole batch ends. */
    private static final class Tail {
        final long size;
        long length;
        long entries;
        long lastSeq;

        Tail(long size, Segment segment) {
            this.size = size;
            entries = segment.firstEntry();
        }
    }
}
