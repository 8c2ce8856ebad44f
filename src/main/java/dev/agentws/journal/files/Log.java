package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all sessions of one writer append to first: one write and one force for all of them. A file of it goes, the oldest first, when
 * every session has in files of its own what it has there. For the writer's thread.
 */
final class Log {
    private static final Logger LOG = LoggerFactory.getLogger(Log.class);

    private final Disk disk;
    private final Path directory;
    private final AtomicLong numbers;
    private final long fullAt;
    private final @Nullable Forcer forcer;
    private final Deque<LogFile> files = new ArrayDeque<>();
    private @Nullable IOException broken;

    /**
     * @param numbers of the files, for all writers
     * @param forcer forces later; null: each write is forced
     */
    Log(Disk disk, Path directory, AtomicLong numbers, long fullAt, @Nullable Forcer forcer) {
        this.disk = disk;
        this.directory = directory;
        this.numbers = numbers;
        this.fullAt = fullAt;
        this.forcer = forcer;
    }

    /** What is wrong with the files there are: they must all go before anything new is written. */
    @Nullable
    IOException broken() {
        for (LogFile file : files) {
            if (file.failure() != null) {
                return file.failure();
            }
        }
        return broken;
    }

    /** All of it, or nothing of it that a recovery would find. @return where it lies */
    LogFile write(Lines lines) throws IOException {
        LogFile file = files.peekLast();
        if (file == null || file.length() >= fullAt || file.isClosed()) {
            file = new LogFile(disk, directory.resolve(name(numbers.incrementAndGet())));
            files.addLast(file);
        }
        try {
            file.write(lines.buffer());
        } catch (IOException e) {
            cutBack(file, e);
            throw e;
        }
        if (forcer != null) {
            forcer.written(file);
        } else {
            file.markDirty();
        }
        return file;
    }

    private void cutBack(LogFile file, IOException cause) {
        try {
            file.cutBack();
        } catch (IOException e) {
            cause.addSuppressed(e);
            broken = cause;
        }
    }

    static String name(long number) {
        return String.format("%012d.jsonl", number);
    }

    /** Brings all that was written to the disk. */
    void force() throws IOException {
        for (LogFile file : files) {
            file.force();
        }
        // The forcer may have come before us, and failed.
        IOException unknown = broken();
        if (unknown != null) {
            throw unknown;
        }
    }

    /** There are files before the one that is written. */
    @Nullable
    LogFile past() {
        LogFile oldest = files.peekFirst();
        return oldest != null && (files.size() > 1 || oldest.length() >= fullAt) ? oldest : null;
    }

    /** Nobody knows what is in the files there are. */
    void doubt(Throwable cause) {
        broken = new IOException(String.valueOf(cause), cause);
    }

    /** Whether more than so many full files are still wanted: moving does not keep up. */
    boolean behind(int full) {
        LogFile last = files.peekLast();
        return files.size() > full || (files.size() == full && last != null && last.length() >= fullAt);
    }

    boolean live() {
        return !files.isEmpty();
    }

    /** Sessions with lines that are only here, the oldest first. */
    List<Tail> tails() {
        List<Tail> all = new ArrayList<>();
        files.forEach(file -> all.addAll(file.members()));
        return all;
    }

    /** What is left is for the next start. */
    void close() {
        for (LogFile file : files) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.error("{}: the disk did not take all of it", file.path(), e);
            }
        }
    }

    /**
     * Deletes what nobody needs any more.
     *
     * @param all also the file that is being written
     */
    void clear(boolean all) throws IOException {
        while (hasUnneeded(all)) {
            files.element().delete();
            files.removeFirst();
        }
        if (files.isEmpty()) {
            broken = null;
        }
    }

    /** Whether {@link #clear} would delete anything. */
    boolean hasUnneeded(boolean all) {
        LogFile oldest = files.peekFirst();
        return oldest != null && oldest.members().isEmpty() && (all || files.size() > 1 || oldest.length() >= fullAt);
    }
}
