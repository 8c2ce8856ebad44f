package dev.agentws.websocket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a Unix domain socket. The socket is made in a private directory beside its place and then moved there, so that there is no
 * moment in which others can open it, and none in which the place is empty. All methods touch the disk. Immutable.
 */
final class UnixSocketFile {
    /** What every system takes: 104 bytes with the zero at the end on macOS, 108 on Linux. */
    private static final int MAX_PATH_BYTES = 103;

    private static final Logger LOG = LoggerFactory.getLogger(UnixSocketFile.class);

    private final Path path;
    private final @Nullable Object inode;

    private UnixSocketFile(Path path, @Nullable Object inode) {
        this.path = path;
        this.inode = inode;
    }

    /**
     * A place that is free, or held by a socket that nobody listens on.
     *
     * @throws IOException with the path and what was expected, if something else is there or the directory cannot be written
     */
    static Claim claim(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new IOException("unix socket: " + path + " (expected: a path in an existing directory)");
        }
        refuseIfTaken(path);
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mine = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        Path directory;
        try {
            directory = Files.createTempDirectory(parent, "", mine);
        } catch (IOException e) {
            throw new IOException(
                    "unix socket: " + path + " (expected: a directory that can be written; " + e + ")", e);
        }
        Claim claim = new Claim(path, directory, posix);
        int longest = Math.max(bytes(path), bytes(claim.temporary()));
        if (longest > MAX_PATH_BYTES) {
            claim.close();
            throw new IOException("unix socket: " + path + " (expected: a path of at most "
                    + (MAX_PATH_BYTES - (longest - bytes(path))) + " bytes in this directory)");
        }
        return claim;
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static void refuseIfTaken(Path path) throws IOException {
        BasicFileAttributes there;
        try {
            there = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!there.isOther()) {
            throw new IOException(
                    "unix socket: " + path + " (expected: nothing there, or a socket; this is something else)");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException e) {
            // Nobody listens: what a server left that was killed.
            return;
        } catch (IOException e) {
            throw new IOException(
                    "unix socket: " + path + " (expected: a socket that this user may open; " + e + ")", e);
        }
        throw new IOException("unix socket: " + path + " (expected: a path on which no other program listens)");
    }

    /** Takes the file away, unless another server has put its own there meanwhile. */
    void remove() {
        try {
            if (inode == null || inode.equals(inode(path))) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", path);
        } catch (IOException e) {
            LOG.warn("{} could not be removed: {}", path, e.toString());
        }
    }

    private static @Nullable Object inode(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** A place that is about to be taken. */
    static final class Claim implements AutoCloseable {
        private final Path path;
        private final Path directory;
        private final boolean posix;

        private Claim(Path path, Path directory, boolean posix) {
            this.path = path;
            this.directory = directory;
            this.posix = posix;
        }

        /** Where to bind the socket. */
        Path temporary() {
            return directory.resolve("s");
        }

        /** Moves the socket to its place, open to this user only. */
        UnixSocketFile publish() throws IOException {
            try {
                if (posix) {
                    Files.setPosixFilePermissions(temporary(), PosixFilePermissions.fromString("rw-------"));
                }
                Files.move(temporary(), path, StandardCopyOption.ATOMIC_MOVE);
                return new UnixSocketFile(path, inode(path));
            } catch (FileSystemException e) {
                throw new IOException("unix socket: " + path + " (expected: a path that can be written; " + e + ")", e);
            }
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(temporary());
            Files.deleteIfExists(directory);
        }
    }
}
