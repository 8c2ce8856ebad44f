package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One file of a log. Written by its writer; the {@link Forcer} may force it meanwhile. */
final class LogFile {
    private final Disk disk;
    private final Path path;
    private final Disk.Output output;
    private final Set<Tail> members = new LinkedHashSet<>();
    private final AtomicBoolean dirty = new AtomicBoolean();
    private long length;
    private boolean named;
    private boolean closed;
    private volatile @Nullable IOException failure;

    LogFile(Disk disk, Path path) throws IOException {
        this.disk = disk;
        this.path = path;
        output = disk.create(path);
    }

    Path path() {
        return path;
    }

    /** Whether it was to be deleted, which may have failed. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** Bytes written. */
    long length() {
        return length;
    }

    /** The sessions whose oldest lines that are only in a log are in this one. For the writer. */
    Set<Tail> members() {
        return members;
    }

    void write(ByteBuffer bytes) throws IOException {
        int size = bytes.remaining();
        output.write(bytes);
        length += size;
    }

    /** Undoes what was written behind the last whole write. */
    void cutBack() throws IOException {
        output.truncate(length);
    }

    /** @return whether it was clean before */
    boolean markDirty() {
        return dirty.compareAndSet(false, true);
    }

    /** Why nobody knows what the disk has of it; null while all is well. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Brings everything to the disk. */
    synchronized void force() throws IOException {
        if (closed || !dirty.getAndSet(false)) {
            return;
        }
        try {
            output.force();
            if (!named) {
                disk.syncDirectory(path.resolveSibling(""));
                named = true;
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        } catch (RuntimeException | Error e) {
            IOException unknown = new IOException(String.valueOf(e), e);
            failure = unknown;
            throw unknown;
        }
    }

    synchronized void close() throws IOException {
        try {
            force();
        } finally {
            closed = true;
            output.close();
        }
    }

    /** Nothing of it counts any more. */
    synchronized void delete() throws IOException {
        if (!closed) {
            closed = true;
            output.close();
        }
        disk.delete(path);
        // Before anything newer goes: an older log that came back alone would bring back what was deleted since.
        disk.syncDirectory(path.resolveSibling(""));
    }
}
