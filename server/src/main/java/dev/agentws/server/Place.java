package dev.agentws.server;

import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the program was started, which relative paths and {@code ~} are read against. Immutable.
 *
 * @param home the user's home directory
 * @param directory the process's working directory, absolute
 */
public record Place(Path home, Path directory) {
    /**
     * What a shell takes for {@code ~}. A container may have a HOME but no entry in the list of users, or neither; then the JDK says
     * {@code ?}, which must not become a directory of that name.
     *
     * @param variable {@code HOME}
     * @param entry of the list of users, as the JDK tells it
     */
    static Path home(@Nullable String variable, String entry) {
        return Stream.of(Objects.requireNonNullElse(variable, ""), entry, "/")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .findFirst()
                .orElseThrow();
    }

    /** {@code text} as an absolute path; a leading {@code ~/} is the home directory, as in a shell. */
    Path resolve(String text) {
        if (text.equals("~")) {
            return home;
        }
        Path base = text.startsWith("~/") ? home : directory;
        return base.resolve(text.startsWith("~/") ? text.substring(2) : text).normalize();
    }
}
