package dev.agentws.server;

import java.nio.file.Path;

/**
 * Where the program was started, which relative paths and {@code ~} are read against. Immutable.
 *
 * @param home the user's home directory
 * @param directory the process's working directory, absolute
 */
public record Place(Path home, Path directory) {

    /** {@code text} as an absolute path; a leading {@code ~/} is the home directory, as in a shell. */
    Path resolve(String text) {
        if (text.equals("~")) {
            return home;
        }
        Path base = text.startsWith("~/") ? home : directory;
        return base.resolve(text.startsWith("~/") ? text.substring(2) : text).normalize();
    }
}
