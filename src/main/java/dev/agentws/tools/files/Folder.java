package dev.agentws.tools.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One directory held open. Where the system allows, everything inside is reached through the open handle and no link is followed,
 * so nobody can swap a directory for a link between a check and its use. Confined to one call; close it. What reads is thread-safe.
 */
public final class Folder implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Folder.class);

    private static final int TEMP_NAME_TRIES = 100;

    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private static final Set<OpenOption> NEW_FILE =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);

    private static final FileAttribute<?>[] ANY_MODE = {};

    private static final FileAttribute<?>[] OWNER_ONLY = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };

    private final Path path;
    private final DirectoryStream<Path> stream;
    private final @Nullable SecureDirectoryStream<Path> handle;
    private final AtomicInteger holders = new AtomicInteger(1);

    private Folder(Path path, DirectoryStream<Path> stream, boolean useHandle) {
        this.path = path;
        this.stream = stream;
        handle = useHandle && stream instanceof SecureDirectoryStream<Path> secure ? secure : null;
    }

    /** @param useHandle false makes do with paths, as on systems that have no handles for directories */
    @SuppressWarnings("StreamResourceLeak") // the folder closes the stream
    static Folder open(Path path, boolean useHandle) throws IOException {
        return new Folder(path, Files.newDirectoryStream(path), useHandle);
    }

    /** Opens a directory inside; a link is refused and not followed. */
    public Folder child(Path name) throws IOException {
        Path inner = path.resolve(name);
        if (path.getParent() == null && KernelFiles.hold(inner)) {
            throw new FileSystemException(inner.toString(), null, "belongs to the system itself");
        }
        try {
            return openChild(name, inner);
        } catch (FileSystemException failure) {
            BasicFileAttributes met = attributesIfPresent(name);
            if (met != null && met.isSymbolicLink()) {
                throw new FileSystemException(
                        inner.toString(), null, "is a link now and was a directory before; it was not followed");
            }
            throw named(inner, failure);
        }
    }

    /** The failure with the whole path: what works on a handle only knows the name. */
    private static FileSystemException named(Path full, FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return new NoSuchFileException(full.toString());
        }
        if (failure instanceof AccessDeniedException) {
            return new AccessDeniedException(full.toString());
        }
        if (failure instanceof NotDirectoryException) {
            return new NotDirectoryException(full.toString());
        }
        if (failure instanceof FileAlreadyExistsException) {
            return new FileAlreadyExistsException(full.toString());
        }
        return new FileSystemException(full.toString(), null, failure.getReason());
    }

    @SuppressWarnings("StreamResourceLeak") // the folder closes the stream
    private Folder openChild(Path name, Path inner) throws IOException {
        if (handle != null) {
            return new Folder(inner, handle.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS), true);
        }
        if (!attributes(name).isDirectory()) {
            throw new NotDirectoryException(inner.toString());
        }
        return new Folder(inner, Files.newDirectoryStream(inner), false);
    }

    public Path path() {
        return path;
    }

    /** The names inside, sorted. Can be asked for once. */
    public List<Path> names() throws IOException {
        List<Path> names = new ArrayList<>();
        try {
            stream.forEach(entry -> names.add(Objects.requireNonNull(entry.getFileName())));
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        names.sort(Comparator.comparing(Path::toString));
        return names;
    }

    /** Of the entry itself, also when it is a link. */
    public BasicFileAttributes attributes(Path name) throws IOException {
        return view(name, BasicFileAttributeView.class).readAttributes();
    }

    /** As {@link #attributes}, or null when there is no such entry. */
    public @Nullable BasicFileAttributes attributesIfPresent(Path name) throws IOException {
        try {
            return attributes(name);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    /** Opens a regular file. Anything else is refused before it is opened: opening a pipe would wait for its other end. */
    public SeekableByteChannel read(Path name) throws IOException {
        return read(name, attributes(name));
    }

    /** As {@link #read(Path)} for someone who has just looked at the entry. */
    public SeekableByteChannel read(Path name, BasicFileAttributes attributes) throws IOException {
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(path.resolve(name).toString(), null, "not a regular file");
        }
        return open(name, READ, ANY_MODE);
    }

    /** Makes a directory. There is no call for this that works on a handle; {@link #child} then checks what came of it. */
    void makeDirectory(Path name) throws IOException {
        Files.createDirectory(path.resolve(name));
    }

    /**
     * Puts a file in place as a whole: readers see the old bytes or the new ones, never a mixture, also after a crash. The mode stays
     * that of the file replaced; owner and group do where this process may give files away.
     *
     * @param expected what must still be there right before; null: nothing
     * @return the attributes of the new file
     */
    BasicFileAttributes replace(Path name, byte[] content, @Nullable BasicFileAttributes expected) throws IOException {
        if (expected != null && !Files.isWritable(path.resolve(name))) {
            // Replacing needs no right to the file itself, but who made it read-only meant it.
            throw new AccessDeniedException(path.resolve(name).toString());
        }
        Path temp = writeTemp(name, content, expected != null);
        boolean moved = false;
        try {
            if (expected != null) {
                copyOwnership(name, temp);
            }
            BasicFileAttributes written = attributes(temp);
            requireUnchanged(name, expected);
            move(temp, name);
            moved = true;
            return written;
        } finally {
            if (!moved) {
                delete(temp);
            }
        }
    }

    /** @param secret until it has the mode of the file it replaces, nobody else may read it */
    private Path writeTemp(Path name, byte[] content, boolean secret) throws IOException {
        for (int i = 0; i < TEMP_NAME_TRIES; i++) {
            Path temp = name.getFileSystem().getPath(".agentws-" + i + ".tmp");
            try (SeekableByteChannel out = open(temp, NEW_FILE, secret ? OWNER_ONLY : ANY_MODE)) {
                fill(out, content);
                return temp;
            } catch (FileAlreadyExistsException taken) {
                // Another write of this directory is under way, or a crash left it: the next name will do.
            } catch (FileSystemException notMade) {
                throw notMade;
            } catch (ClosedByInterruptException cancelled) {
                delete(temp);
                throw cancelled;
            } catch (IOException failure) {
                delete(temp);
                throw new FileSystemException(
                        path.resolve(name).toString(), null, failure.getMessage() + "; nothing was changed");
            }
        }
        throw new FileSystemException(path.toString(), null, "no free name for a temporary file");
    }

    private static void fill(SeekableByteChannel out, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
        if (out instanceof FileChannel file) {
            file.force(true);
        }
    }

    private void copyOwnership(Path from, Path to) throws IOException {
        PosixFileAttributeView target = view(to, PosixFileAttributeView.class);
        PosixFileAttributes old = view(from, PosixFileAttributeView.class).readAttributes();
        PosixFileAttributes now = target.readAttributes();
        if (!old.group().equals(now.group()) || !old.owner().equals(now.owner())) {
            try {
                target.setGroup(old.group());
                target.setOwner(old.owner());
            } catch (FileSystemException notAllowed) {
                LOG.debug("{} now belongs to {}", path.resolve(from), now.owner());
            }
        }
        target.setPermissions(old.permissions());
    }

    private void requireUnchanged(Path name, @Nullable BasicFileAttributes expected) throws IOException {
        BasicFileAttributes now = attributesIfPresent(name);
        boolean same = expected == null
                ? now == null
                : now != null && FileStamp.of(now).equals(FileStamp.of(expected));
        if (!same) {
            throw new FileSystemException(
                    path.resolve(name).toString(),
                    null,
                    "something else changed it at the same moment, nothing was written");
        }
    }

    private <V extends BasicFileAttributeView> V view(Path name, Class<V> type) throws IOException {
        V view = handle != null
                ? handle.getFileAttributeView(name, type, LinkOption.NOFOLLOW_LINKS)
                : Files.getFileAttributeView(path.resolve(name), type, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            throw new FileSystemException(
                    path.resolve(name).toString(), null, "this file system has no " + type.getSimpleName());
        }
        return view;
    }

    private SeekableByteChannel open(Path name, Set<OpenOption> options, FileAttribute<?>[] mode) throws IOException {
        try {
            return handle != null
                    ? handle.newByteChannel(name, options, mode)
                    : Files.newByteChannel(path.resolve(name), options, mode);
        } catch (FileSystemException failure) {
            throw named(path.resolve(name), failure);
        }
    }

    private void move(Path from, Path to) throws IOException {
        if (handle != null) {
            handle.move(from, handle, to);
        } else {
            Files.move(path.resolve(from), path.resolve(to), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void delete(Path name) throws IOException {
        if (handle != null) {
            handle.deleteFile(name);
        } else {
            Files.delete(path.resolve(name));
        }
    }

    /** Keeps it open for one more holder, who must be another one's guest now and must {@link #close} it too. */
    public void hold() {
        holders.incrementAndGet();
    }

    @Override
    public void close() throws IOException {
        if (holders.decrementAndGet() == 0) {
            stream.close();
        }
    }
}
