package dev.agentws.benchmarks.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What tools really did: each leaves its name in its session's directory before anything else. Thread-safe. */
final class Errands {
    private static final String FILE = "ran";

    private final Path root;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** @param root where the sessions' directories are made */
    Errands(Path root) {
        this.root = root;
    }

    /** Takes its time behind the mark, so that deaths find it at work. */
    static String command(String id) {
        return "echo " + id + " >> " + FILE + "; sleep 0.1";
    }

    /** A new directory for a session. */
    Path directory(String session) throws IOException {
        return Files.createDirectories(root.resolve(session));
    }

    /** A client was told that this one had done its work. */
    void done(String id) {
        told.add(id);
    }

    /** Looks at what all of them left, once nothing runs any more. */
    void check(Verdicts verdicts) throws IOException {
        Set<String> found = new HashSet<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> path.endsWith(FILE)).toList()) {
                List<String> lines = Files.readAllLines(file);
                verdicts.toolsStarted.add(lines.size());
                for (String line : lines) {
                    if (!found.add(line)) {
                        verdicts.wrong(verdicts.toolsTwice, "run twice: " + line);
                    }
                }
            }
        }
        told.stream()
                .filter(id -> !found.contains(id))
                .forEach(id -> verdicts.wrong(verdicts.toolsNever, "told to be done, but never run: " + id));
    }
}
