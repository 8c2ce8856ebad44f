package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The file system as it is. Transcripts are private: nobody but our user may read them. */
final class LocalDisk implements Disk {
    private static final FileAttribute<?>[] NONE = {};

    private final FileAttribute<?>[] directoryRights;
    private final FileAttribute<?>[] fileRights;

    /** @param posix whether the file system knows owner and group */
    LocalDisk(boolean posix) {
        directoryRights = posix ? rights("rwx------") : NONE;
        fileRights = posix ? rights("rw-------") : NONE;
    }

    private static FileAttribute<?>[] rights(String rights) {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))};
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, directoryRights);
    }

    @Override
    public Output create(Path file) throws IOException {
        return new Channel(
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), fileRights));
    }

    @Override
    public Output append(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        channel.position(channel.size());
        return new Channel(channel);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static final class Channel implements Output {
        private final FileChannel channel;

        Channel(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long length) throws IOException {
            channel.truncate(length);
            channel.position(length);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
