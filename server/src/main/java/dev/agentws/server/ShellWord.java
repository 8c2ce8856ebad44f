package dev.agentws.server;

import java.nio.file.Path;

/** Texts as words of a POSIX shell, for the lines a user pastes. */
final class ShellWord {
    private ShellWord() {}

    static String of(Path path) {
        return of(path.toString());
    }

    static String of(String text) {
        return text.matches("[A-Za-z0-9_./+:@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
