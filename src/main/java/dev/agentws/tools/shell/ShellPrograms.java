package dev.agentws.tools.shell;

import dev.agentws.tools.call.ToolFailure;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where the programs are that commands are run with. Looked for once, on the first command, not on an event loop. Thread-safe. */
public final class ShellPrograms {
    static final String USUAL_DIRECTORIES = "/usr/local/bin:/usr/bin:/bin";

    private final Map<String, String> parentEnvironment;
    private @Nullable List<String> prefix;

    public ShellPrograms(Map<String, String> parentEnvironment) {
        this.parentEnvironment = parentEnvironment;
    }

    /** The words a command is appended to: a shell, in a session of its own where the system has {@code setsid}. */
    synchronized List<String> prefix() throws ToolFailure {
        List<String> known = prefix;
        if (known == null) {
            known = find();
            prefix = known;
        }
        return known;
    }

    private List<String> find() throws ToolFailure {
        Path bash = program("bash");
        if (bash == null) {
            throw new ToolFailure("bash: not found in PATH on this machine (expected: an installed bash)");
        }
        Path setsid = program("setsid");
        return setsid == null ? List.of(bash.toString(), "-c") : List.of(setsid.toString(), bash.toString(), "-c");
    }

    /** The first of that name on the PATH or in the usual directories, or null. */
    @Nullable
    Path program(String name) {
        return program(name, any -> true);
    }

    /** The first of those that suit, or null. */
    @Nullable
    Path program(String name, Predicate<Path> suits) {
        for (String directory : directories()) {
            Path candidate = path(directory, name);
            if (candidate != null
                    && suits.test(candidate)
                    && Files.isRegularFile(candidate)
                    && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** Null for what this system cannot name, and for relative entries, which would depend on the server's own directory. */
    private static @Nullable Path path(String directory, String name) {
        try {
            Path path = Path.of(directory, name);
            return path.isAbsolute() ? path : null;
        } catch (InvalidPathException odd) {
            return null;
        }
    }

    private List<String> directories() {
        List<String> directories = new ArrayList<>(
                List.of(parentEnvironment.getOrDefault("PATH", "").split(":", -1)));
        directories.addAll(List.of(USUAL_DIRECTORIES.split(":", -1)));
        directories.removeIf(String::isEmpty);
        return directories;
    }
}
