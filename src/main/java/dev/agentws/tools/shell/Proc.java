package dev.agentws.tools.shell;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Linux tells about processes as files. */
final class Proc {
    private static final Logger LOG = LoggerFactory.getLogger(Proc.class);

    private static final Path ROOT = Path.of("/proc");

    private Proc() {}

    static boolean present() {
        return Files.isDirectory(ROOT);
    }

    /** The youngest first: those that come and go fast must be looked at before they are gone. */
    static List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(ROOT, "[0-9]*")) {
            for (Path entry : entries) {
                pids.add(
                        Long.valueOf(Objects.requireNonNull(entry.getFileName()).toString()));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException failure) {
            LOG.warn("processes of a command cannot be looked for: {}", failure.toString());
        }
        pids.sort(Comparator.reverseOrder());
        return pids;
    }

    /** By a stream and not a channel: a channel fails in an interrupted thread, and the process would seem gone. */
    static byte[] read(long pid, String name) throws IOException {
        try (InputStream in = new FileInputStream(file(pid, name).toFile())) {
            return in.readAllBytes();
        }
    }

    /** The pipes a process holds open; none when it is gone or somebody else's. */
    static Set<String> pipes(long pid) {
        Set<String> pipes = new HashSet<>();
        try (Stream<Path> files = Files.list(file(pid, "fd"))) {
            files.forEach(file -> {
                String target = target(file);
                if (target.startsWith("pipe:")) {
                    pipes.add(target);
                }
            });
        } catch (IOException | UncheckedIOException goneOrForeign) {
            return pipes;
        }
        return pipes;
    }

    private static Path file(long pid, String name) {
        return ROOT.resolve(pid + "/" + name);
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }
}
