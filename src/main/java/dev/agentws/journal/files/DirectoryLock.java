package dev.agentws.journal.files;

import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second server out of a data directory. The file says which process holds it; the lock itself ends with the process.
 *
 * <p>On Unix such a lock is gone as soon as anybody in the process closes any descriptor of the file, be it a tool that only read it. So
 * whoever gets the lock also looks whether somebody listens on the socket beside, and then listens there.
 */
final class DirectoryLock implements Closeable {
    private static final String NAME = "lock";

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);
    private static final String SOCKET = "lock.socket";

    private final FileChannel channel;
    private final @Nullable ServerSocketChannel listening;
    private final Path socket;

    private DirectoryLock(FileChannel channel, Path socket) throws IOException {
        this.channel = channel;
        this.socket = socket;
        listening = listen(socket);
    }

    /** @throws JournalException TAKEN, with the directory and the process that has it */
    static DirectoryLock take(Path directory) throws JournalException, IOException {
        Path file = directory.resolve(NAME);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            Path socket = directory.resolve(SOCKET);
            if (tryLock(channel) == null || isHeard(socket)) {
                throw new JournalException(
                        Reason.TAKEN,
                        "data directory: " + directory + " is in use by process " + holder(file)
                                + " (expected: one server per directory)");
            }
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
            return new DirectoryLock(channel, socket);
        } catch (JournalException | IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether a process listens there. */
    private static boolean isHeard(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel knocking = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            knocking.configureBlocking(false);
            // Nobody ever answers; it is enough that there is a door.
            knocking.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            // As when too many have knocked.
            return true;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    /** Null where there are no such sockets, or the path is too long for one. */
    private static @Nullable ServerSocketChannel listen(Path socket) throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel listening = null;
        try {
            listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            return listening;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("{}: nobody can listen there, the lock of the file has to do", socket, e);
            if (listening != null) {
                listening.close();
            }
            return null;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Ours, by another journal of this process.
            return null;
        }
    }

    private static String holder(Path file) throws IOException {
        String pid = Files.readString(file).strip();
        return pid.isEmpty() ? "unknown" : pid;
    }

    @Override
    public void close() throws IOException {
        try {
            if (listening != null) {
                listening.close();
                Files.deleteIfExists(socket);
            }
        } finally {
            channel.close();
        }
    }
}
