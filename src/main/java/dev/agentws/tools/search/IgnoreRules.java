package dev.agentws.tools.search;

import dev.agentws.tools.files.Folder;
import dev.agentws.tools.files.LineReader;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The {@code .gitignore} files that apply at one place of a walk: those of the directories entered, the innermost first. Confined to
 * one call.
 */
final class IgnoreRules {
    private static final String FILE_NAME = ".gitignore";
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_LINE_CHARS = 4_000;

    /** The rules of one file; {@code depth} is how many names lead to its directory. */
    private record Level(int depth, List<IgnoreRule> rules) {}

    private final Deque<Level> levels = new ArrayDeque<>();

    /** Takes in the rules of a directory; must be paired with {@link #leave}, also when its file cannot be read. */
    void enter(Folder folder, List<String> path) throws IOException, InterruptedException {
        Level level = new Level(path.size(), new ArrayList<>());
        levels.push(level);
        load(folder, level.rules());
    }

    void leave() {
        levels.pop();
    }

    void clear() {
        levels.clear();
    }

    /** Whether git would not look at this entry, given that it looks at its directory. The last rule that matches decides. */
    boolean ignored(List<String> path, boolean directory) {
        for (Level level : levels) {
            List<IgnoreRule> rules = level.rules();
            for (int i = rules.size() - 1; i >= 0; i--) {
                IgnoreRule rule = rules.get(i);
                if (rule.matches(path, level.depth(), directory)) {
                    return !rule.negated();
                }
            }
        }
        return false;
    }

    private static void load(Folder folder, List<IgnoreRule> rules) throws IOException, InterruptedException {
        Path name = Path.of(FILE_NAME);
        BasicFileAttributes attributes = folder.attributesIfPresent(name);
        if (attributes == null || !attributes.isRegularFile() || attributes.size() > MAX_FILE_BYTES) {
            return;
        }
        try (LineReader lines = new LineReader(folder.read(name), MAX_LINE_CHARS)) {
            while (lines.next()) {
                IgnoreRule rule = lines.cut() ? null : IgnoreRule.parse(lines.line());
                if (rule != null) {
                    rules.add(rule);
                }
            }
        }
    }
}
