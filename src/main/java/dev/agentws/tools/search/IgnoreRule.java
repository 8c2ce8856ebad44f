package dev.agentws.tools.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a {@code .gitignore} file. Immutable.
 *
 * @param anchored matches paths from the file's directory on; otherwise names at any depth
 */
record IgnoreRule(GlobPattern pattern, boolean anchored, boolean directoryOnly, boolean negated) {
    /** Null for what is no rule: blank lines, comments, and patterns git cannot match either. */
    static @Nullable IgnoreRule parse(String line) {
        String text = stripTrailingBlanks(line);
        if (text.isEmpty() || text.startsWith("#")) {
            return null;
        }
        boolean negated = text.startsWith("!");
        if (negated) {
            text = text.substring(1);
        }
        boolean directoryOnly = text.endsWith("/");
        if (directoryOnly) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.isEmpty()) {
            return null;
        }
        try {
            return new IgnoreRule(GlobPattern.parse(text, false), text.contains("/"), directoryOnly, negated);
        } catch (IllegalArgumentException matchesNothing) {
            return null;
        }
    }

    /** @param depth how many names of {@code path} lead to the directory of the rule's file */
    boolean matches(List<String> path, int depth, boolean directory) {
        return (directory || !directoryOnly) && pattern.matches(path, anchored ? depth : path.size() - 1);
    }

    private static String stripTrailingBlanks(String line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == ' ' && !(end > 1 && line.charAt(end - 2) == '\\')) {
            end--;
        }
        return line.substring(0, end);
    }
}
