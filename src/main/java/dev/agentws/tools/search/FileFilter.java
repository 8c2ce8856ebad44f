package dev.agentws.tools.search;

import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which files of a walk Grep searches, by the call's {@code glob} and {@code type}. Immutable. */
final class FileFilter {
    /** @param wholePath compared from the search's start on; otherwise only the file's name is */
    private record Rule(GlobPattern pattern, boolean wholePath) {
        boolean matches(List<String> path, int start) {
            return pattern.matches(path, wholePath ? start : path.size() - 1);
        }
    }

    private final @Nullable Rule wanted;
    private final @Nullable Rule unwanted;
    private final List<Rule> types;

    private FileFilter(@Nullable Rule wanted, @Nullable Rule unwanted, List<Rule> types) {
        this.wanted = wanted;
        this.unwanted = unwanted;
        this.types = types;
    }

    static FileFilter read(ToolInput input) throws ToolFailure {
        String glob = input.optionalText("glob");
        Rule rule = glob == null ? null : rule(input, glob.startsWith("!") ? glob.substring(1) : glob);
        boolean negated = glob != null && glob.startsWith("!");
        return new FileFilter(negated ? null : rule, negated ? rule : null, types(input));
    }

    /** Whether the call asked for this file by pattern, which counts for more than being hidden or ignored. */
    boolean asksFor(List<String> path, int start) {
        return wanted != null && wanted.matches(path, start);
    }

    boolean accepts(List<String> path, int start) {
        return (wanted == null || wanted.matches(path, start))
                && (unwanted == null || !unwanted.matches(path, start))
                && (types.isEmpty() || types.stream().anyMatch(type -> type.matches(path, start)));
    }

    private static Rule rule(ToolInput input, String glob) throws ToolFailure {
        if (glob.isBlank()) {
            throw input.wrong("glob", "a glob pattern that is not blank");
        }
        try {
            return new Rule(GlobPattern.parse(glob, true), glob.contains("/"));
        } catch (IllegalArgumentException reason) {
            throw input.wrong("glob", "a valid glob pattern; " + reason.getMessage());
        }
    }

    private static List<Rule> types(ToolInput input) throws ToolFailure {
        String type = input.optionalText("type");
        if (type == null) {
            return List.of();
        }
        List<String> globs = FileTypes.globs(type);
        if (globs == null) {
            throw input.wrong("type", "one of " + FileTypes.names());
        }
        List<Rule> rules = new ArrayList<>();
        globs.forEach(glob -> rules.add(new Rule(GlobPattern.parse(glob, false), false)));
        return rules;
    }
}
