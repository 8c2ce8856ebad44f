package dev.agentws.tools.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What {@code /proc/PID/stat} says about kinship. Immutable. */
record Stat(char state, long parent, long session) {
    /** Null when the process is gone. */
    static @Nullable Stat read(long pid) {
        try {
            return parse(new String(Proc.read(pid, "stat"), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return null;
        }
    }

    /** The program's name, in parentheses, may itself hold blanks and parentheses: all fields after it are safe to split. */
    static @Nullable Stat parse(String line) {
        String[] fields = line.substring(line.lastIndexOf(')') + 1).trim().split(" ", 6);
        if (fields.length < 5) {
            return null;
        }
        return new Stat(fields[0].charAt(0), Long.parseLong(fields[1]), Long.parseLong(fields[3]));
    }

    /** Dead already, only not collected by its parent. */
    boolean dead() {
        return state == 'Z' || state == 'X';
    }

    /** Whether this is a thread of the kernel, all of which descend from process 2. */
    boolean kernel() {
        return parent == 2 || (parent == 0 && session == 0);
    }
}
