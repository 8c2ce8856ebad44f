package dev.agentws.tools.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
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
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One directory held open. Where the system allows, everything inside is reached through the open handle and no link is followed,
 * so nobody can swap a directory for a link between a check and its use. Confined to one call; close it.
 */
public final class Folder implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Folder.class);

    private static final int TEMP_NAME_TRIES = 100;

    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final Path path;
    private final DirectoryStream<Path> stream;
    private final @Nullable SecureDirectoryStream<Path> handle;

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

    @SuppressWarnings("StreamResourceLeak") // the folder closes the stream
    public Folder child(Path name) throws IOException {
        if (handle != null) {
            return new Folder(path.resolve(name), handle.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS), true);
        }
        if (!attributes(name).isDirectory()) {
            throw new NotDirectoryException(path.resolve(name).toString());
        }
        return new Folder(path.resolve(name), Files.newDirectoryStream(path.resolve(name)), false);
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
        return open(name, READ);
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
        Path temp = writeTemp(name, content);
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

    private Path writeTemp(Path name, byte[] content) throws IOException {
        for (int i = 0; i < TEMP_NAME_TRIES; i++) {
            Path temp = name.getFileSystem().getPath(".agentws-" + i + ".tmp");
            try (SeekableByteChannel out = open(
                    temp, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS))) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                if (out instanceof FileChannel file) {
                    file.force(true);
                }
                return temp;
            } catch (FileAlreadyExistsException taken) {
                // Another write of this directory is under way, or a crash left it: the next name will do.
            } catch (IOException | RuntimeException failure) {
                delete(temp);
                throw failure;
            }
        }
        throw new FileSystemException(path.toString(), null, "no free name for a temporary file");
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

    private SeekableByteChannel open(Path name, Set<OpenOption> options) throws IOException {
        return handle != null
                ? handle.newByteChannel(name, options)
                : Files.newByteChannel(path.resolve(name), options);
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

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
