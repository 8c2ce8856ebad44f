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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rules of what to leave out that apply at one place of a walk: those of the directories entered, the innermost first. Of the
 * kinds of files they stand in, {@code .rgignore} counts for more than {@code .ignore}, that for more than {@code .gitignore}, and
 * that for more than git's own {@code info/exclude}, at whatever depth. Confined to one call.
 */
final class IgnoreRules {
    private static final List<String> FILE_NAMES = List.of(".rgignore", ".ignore", ".gitignore");
    private static final int KINDS = FILE_NAMES.size() + 1;
    private static final String GIT = ".git";
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_LINE_CHARS = 4_000;

    /** The rules of one directory, by kind of file; {@code depth} is how many names lead to it. */
    private record Level(int depth, List<List<IgnoreRule>> rules) {}

    private final Deque<Level> levels = new ArrayDeque<>();

    /**
     * Takes in the rules of a directory; must be paired with {@link #leave}, also when a file cannot be read.
     *
     * @param mayHave whether the directory may have an entry of that name
     */
    void enter(Folder folder, List<String> path, Predicate<String> mayHave) throws IOException, InterruptedException {
        List<List<IgnoreRule>> rules = new ArrayList<>(KINDS);
        for (int kind = 0; kind < KINDS; kind++) {
            rules.add(List.of());
        }
        levels.push(new Level(path.size(), rules));
        for (int kind = 0; kind < FILE_NAMES.size(); kind++) {
            String name = FILE_NAMES.get(kind);
            if (mayHave.test(name)) {
                rules.set(kind, load(folder, name));
            }
        }
        if (mayHave.test(GIT)) {
            rules.set(KINDS - 1, exclude(folder));
        }
    }

    void leave() {
        levels.pop();
    }

    void clear() {
        levels.clear();
    }

    /** Whether git would not look at this entry, given that it looks at its directory. The last rule that matches decides. */
    boolean ignored(List<String> path, boolean directory) {
        for (int kind = 0; kind < KINDS; kind++) {
            IgnoreRule decisive = decisive(kind, path, directory);
            if (decisive != null) {
                return !decisive.negated();
            }
        }
        return false;
    }

    private @Nullable IgnoreRule decisive(int kind, List<String> path, boolean directory) {
        for (Level level : levels) {
            List<IgnoreRule> rules = level.rules().get(kind);
            for (int i = rules.size() - 1; i >= 0; i--) {
                IgnoreRule rule = rules.get(i);
                if (rule.matches(path, level.depth(), directory)) {
                    return rule;
                }
            }
        }
        return null;
    }

    private static List<IgnoreRule> exclude(Folder folder) throws IOException, InterruptedException {
        if (!isDirectory(folder, GIT)) {
            return List.of();
        }
        try (Folder git = folder.child(Path.of(GIT))) {
            if (!isDirectory(git, "info")) {
                return List.of();
            }
            try (Folder info = git.child(Path.of("info"))) {
                return load(info, "exclude");
            }
        }
    }

    private static boolean isDirectory(Folder folder, String name) throws IOException {
        BasicFileAttributes attributes = folder.attributesIfPresent(Path.of(name));
        return attributes != null && attributes.isDirectory();
    }

    private static List<IgnoreRule> load(Folder folder, String file) throws IOException, InterruptedException {
        Path name = Path.of(file);
        BasicFileAttributes attributes = folder.attributesIfPresent(name);
        if (attributes == null || !attributes.isRegularFile() || attributes.size() > MAX_FILE_BYTES) {
            return List.of();
        }
        List<IgnoreRule> rules = new ArrayList<>();
        try (LineReader lines = new LineReader(folder.read(name), MAX_LINE_CHARS)) {
            while (lines.next()) {
                IgnoreRule rule = lines.cut() ? null : IgnoreRule.parse(lines.line());
                if (rule != null) {
                    rules.add(rule);
                }
            }
        }
        return rules;
    }
}
