package dev.agentws.tools.shell;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The text a shell is started with. */
final class ShellScript {
    private ShellScript() {}

    /**
     * The command, with a trap that writes the directory it ended in to {@code told}. The command is a text of its own, so that what
     * the shell says of its syntax shows nothing else, and on one line, so that line numbers in messages stay right. Neither subshells nor exec inherit it: then the directory just stays.
     */
    static String of(String command, Path told) {
        String trap = "builtin pwd -P 2>/dev/null >| " + quoted(told.toString());
        return "trap " + quoted(trap) + " EXIT; " + (passable(command) ? evaluated(command) : ascii(command));
    }

    /**
     * Whether the JDK hands this text to a process as it is. In a locale without UTF-8, as containers often have, it would put a
     * question mark for each character it cannot encode; paths are encoded the same way, but refuse.
     */
    static boolean passable(String text) {
        try {
            return !Path.of("x" + text).toString().isEmpty();
        } catch (InvalidPathException unmappable) {
            return false;
        }
    }

    /** The same command in ASCII only. */
    static String ascii(String command) {
        StringBuilder script = new StringBuilder();
        for (byte b : evaluated(command).getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0) {
                script.append((char) b);
            } else {
                script.append(String.format("\\x%02x", b));
            }
        }
        return script.toString();
    }

    private static String evaluated(String command) {
        return "eval $'" + command.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
