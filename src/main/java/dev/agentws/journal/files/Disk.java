package dev.agentws.journal.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Every change of the journal to the file system goes through here, so that tests can make it fail or forget. Thread-safe. */
interface Disk {
    /** Makes the directory and its missing parents, for us alone. */
    void createDirectories(Path directory) throws IOException;

    /** A new, empty file, for us alone. */
    Output create(Path file) throws IOException;

    /** An existing file, to write at its end. */
    Output append(Path file) throws IOException;

    /** Renames, replacing a file but never a directory with something in it. */
    void move(Path from, Path to) throws IOException;

    void delete(Path file) throws IOException;

    /** Brings names that were made, moved or deleted in the directory to the disk. */
    void syncDirectory(Path directory) throws IOException;

    /** A file being written. */
    interface Output extends Closeable {
        /** Writes all of it, or throws having written some of it. */
        void write(ByteBuffer bytes) throws IOException;

        /** Brings all bytes to the disk. */
        void force() throws IOException;

        void truncate(long length) throws IOException;
    }
}
