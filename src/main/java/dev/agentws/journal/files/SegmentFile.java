package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The open last segment of a session. Written by its writer; the {@link Forcer} may force it meanwhile. */
final class SegmentFile {
    private final Disk disk;
    private final Disk.Output output;
    private final FileBook book;
    private final List<Path> newNames = new ArrayList<>();
    private long length;
    private boolean dirty;
    private boolean closed;

    SegmentFile(Disk disk, FileBook book, Disk.Output output, long length) {
        this.disk = disk;
        this.book = book;
        this.output = output;
        this.length = length;
    }

    FileBook book() {
        return book;
    }

    /** Bytes written. */
    long length() {
        return length;
    }

    void write(ByteBuffer bytes) throws IOException {
        int size = bytes.remaining();
        output.write(bytes);
        length += size;
    }

    /** Undoes what was written behind this place. */
    void cutBack(long to) throws IOException {
        output.truncate(to);
        length = to;
    }

    /** @return whether it was clean before */
    synchronized boolean markDirty() {
        boolean was = dirty;
        dirty = true;
        return !was;
    }

    /** The directory got a new name that must be on the disk with the bytes. */
    synchronized void named(Path directory) {
        newNames.add(directory);
    }

    /** The file has moved; these directories have new names instead. */
    synchronized void moved(List<Path> directories) {
        newNames.clear();
        newNames.addAll(directories);
    }

    /** Brings everything to the disk. After a failure nobody knows what the disk has, so nothing is tried again. */
    synchronized void force() throws IOException {
        if (!dirty || closed) {
            return;
        }
        dirty = false;
        output.force();
        for (Path directory : newNames) {
            disk.syncDirectory(directory);
        }
        newNames.clear();
    }

    synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        try {
            force();
        } finally {
            closed = true;
            output.close();
        }
    }
}
