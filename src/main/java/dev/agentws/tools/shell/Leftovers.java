package dev.agentws.tools.shell;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What servers that were killed could not remove themselves: private files of sessions, control groups. Each bears the number of the
 * process it belongs to. Servers that share a temporary directory have to see each other's processes.
 */
public final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private static final Pattern NAME = Pattern.compile("agentws-([0-9]{1,18})-.+");

    /** The system tells when a process started only so well. */
    private static final Duration ABOUT = Duration.ofSeconds(2);

    private Leftovers() {}

    /** What a thing of this process is called. */
    static String name(String own) {
        return "agentws-" + ProcessHandle.current().pid() + "-" + own;
    }

    /** Removes the private files that nobody uses any more. Touches the disk; for the start of a server. */
    public static void remove(Path tempDirectory) {
        for (Path left : in(tempDirectory)) {
            try {
                Removal.of(left);
                LOG.info("removed {}, which a server that was killed had left", left);
            } catch (IOException failure) {
                LOG.warn("{} is left from a server that was killed: {}", left, failure.toString());
            }
        }
    }

    /** The directories there whose process is gone. */
    static List<Path> in(Path place) {
        List<Path> found = new ArrayList<>();
        if (!Proc.present()) {
            return found;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, "agentws-*")) {
            for (Path entry : entries) {
                if (left(entry)) {
                    found.add(entry);
                }
            }
        } catch (IOException | DirectoryIteratorException failure) {
            LOG.warn("what killed servers left cannot be looked for: {}", failure.toString());
        }
        return found;
    }

    private static boolean left(Path entry) throws IOException {
        Matcher name = NAME.matcher(String.valueOf(entry.getFileName()));
        if (!name.matches() || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Object owner = Files.getAttribute(entry, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(name.group(1)));
        Instant used =
                Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS).toInstant();
        // A process that started later has only got the same number.
        return process.isEmpty()
                || process.get()
                        .info()
                        .startInstant()
                        .map(start -> start.minus(ABOUT).isAfter(used))
                        .orElse(false);
    }
}
