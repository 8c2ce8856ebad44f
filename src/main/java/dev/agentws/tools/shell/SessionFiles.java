package dev.agentws.tools.shell;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private directory of one session below the temporary one, for output that is kept and for what its sandbox needs. Made on first
 * use, as most sessions never need it, and only this user can look into it. Thread-safe; its methods touch the disk.
 */
public final class SessionFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SessionFiles.class);

    private final Path directory;
    private final Path outputs;
    private boolean made;

    /**
     * @param tempDirectory existing
     * @param name one that nobody has used
     */
    public SessionFiles(Path tempDirectory, String name) {
        directory = tempDirectory.resolve(Leftovers.name(name));
        outputs = directory.resolve("output");
    }

    /** Where output is kept, whether it exists yet or not. */
    public Path outputs() {
        return outputs;
    }

    /** A file in the directory, which is made if it is not there. */
    Path file(String name) throws IOException {
        make();
        return directory.resolve(name);
    }

    Path output(String name) throws IOException {
        make();
        return outputs.resolve(name);
    }

    /** An empty directory for what commands want to keep until the session ends. */
    Path temporary() throws IOException {
        return Files.createDirectory(file("tmp"), onlyOwner());
    }

    private synchronized void make() throws IOException {
        made = true;
        // Each time: whoever tidies up the temporary directory, a command without a sandbox too, may have removed them.
        for (Path each : List.of(directory, outputs)) {
            if (Files.notExists(each, LinkOption.NOFOLLOW_LINKS)) {
                // Fails if somebody else puts something there.
                Files.createDirectory(each, onlyOwner());
            }
        }
    }

    private static FileAttribute<?>[] onlyOwner() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    /** Removes all of it. */
    synchronized void delete() {
        if (!made) {
            return;
        }
        made = false;
        try {
            Removal.of(directory);
        } catch (IOException failure) {
            LOG.warn("private files of a session are left: {}", failure.toString());
        }
    }
}
