package dev.agentws.tools.shell;

import com.google.re2j.Pattern;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets through the lines of a text in pieces that match, or all of it. Confined to one thread. */
final class FilteredLines {
    /** A longer line is looked at in parts, so that memory stays bounded. */
    private static final int LONGEST = 1 << 16;

    private final @Nullable Pattern pattern;
    private final Consumer<String> out;
    private final StringBuilder line = new StringBuilder();

    /** @param pattern null for all lines */
    FilteredLines(@Nullable Pattern pattern, Consumer<String> out) {
        this.pattern = pattern;
        this.out = out;
    }

    void take(String piece) {
        if (pattern == null) {
            out.accept(piece);
            return;
        }
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            line.append(c);
            if (c == '\n' || line.length() >= LONGEST) {
                end();
            }
        }
    }

    /** What there is of the last line counts as one. */
    void end() {
        if (pattern != null
                && !line.isEmpty()
                && pattern.matcher(line.subSequence(0, length())).find()) {
            out.accept(line.toString());
        }
        line.setLength(0);
    }

    /** Without what ends the line, so that {@code $} means its end. */
    private int length() {
        int end = line.length();
        end -= line.charAt(end - 1) == '\n' ? 1 : 0;
        return end - (end > 0 && line.charAt(end - 1) == '\r' ? 1 : 0);
    }
}
