package dev.agentws.tools.search;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import dev.agentws.tools.files.Folder;
import dev.agentws.tools.files.Workspace;
import dev.agentws.tools.files.Workspace.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/** Finds files by the pattern of their path. */
public final class GlobTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("Glob", """
            Finds files by a pattern of their path and lists them, the most recently changed first, 100 at most.
            - * and ? match within a name, ** any number of directories, {a,b} either, [a-z] one of a range.
            - "*.java" finds files right in the directory, "**/*.java" those below it too.
            - Hidden files and files ignored by git are listed as well. Links to directories are not followed.
            - To look for text in files, use Grep.""", """
            {"type":"object","properties":{
            "pattern":{"type":"string","description":"The pattern, relative to path or absolute."},
            "path":{"type":"string","description":"The directory to look in; the working directory if absent."}},
            "required":["pattern"],"additionalProperties":false}""");

    private record Hit(Path path, FileTime modified) {}

    private final Workspace workspace;
    private final WalkBounds bounds;
    private final int limit;
    private final LongSupplier nanoClock;

    /**
     * @param limit the most files one call lists
     * @param nanoClock what the time limit of a walk is measured by, in nanoseconds
     */
    public GlobTool(Workspace workspace, WalkBounds bounds, int limit, LongSupplier nanoClock) {
        this.workspace = workspace;
        this.bounds = bounds;
        this.limit = limit;
        this.nanoClock = nanoClock;
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure, IOException {
        String text = input.filledText("pattern");
        String path = input.optionalText("path");
        input.end();
        Place given = workspace.locate(path == null ? "." : path);
        if (!Files.isDirectory(given.real())) {
            throw new ToolFailure("path: " + given.shown() + " (expected: an existing directory)");
        }
        int split = fixedPart(text);
        Place start = split == 0 ? given : workspace.locate(given.shown(), text.substring(0, split));
        String rest = text.substring(split);
        if (rest.isEmpty()) {
            throw input.wrong("pattern", "a pattern that ends in the name of a file");
        }
        if (List.of(rest.split("/", -1)).contains("..")) {
            throw input.wrong("pattern", "no .. after a wildcard");
        }
        GlobPattern pattern = parse(input, rest);
        return BuiltInTool.searching(
                Access.read(start.spot()),
                "Find files " + Shown.line(text, 200) + " in "
                        + Shown.line(given.shown().toString(), 200),
                hidden -> find(start, pattern, new HiddenFiles(start, hidden)));
    }

    private static GlobPattern parse(ToolInput input, String text) throws ToolFailure {
        try {
            return GlobPattern.parse(text, true);
        } catch (IllegalArgumentException reason) {
            throw input.wrong("pattern", "a valid glob pattern; " + reason.getMessage());
        }
    }

    /** Where the pattern proper begins: directories before the first wildcard are simply gone to. */
    private static int fixedPart(String pattern) {
        int slash = 0;
        for (int i = 0; i < pattern.length() && "*?[{\\".indexOf(pattern.charAt(i)) < 0; i++) {
            if (pattern.charAt(i) == '/') {
                slash = i + 1;
            }
        }
        return slash;
    }

    private ToolResult find(Place start, GlobPattern pattern, HiddenFiles hidden)
            throws IOException, InterruptedException {
        if (!Files.isDirectory(start.real())) {
            return ToolResult.of("No files found");
        }
        List<String> names = names(workspace.top(start.real()), start.real());
        FileWalk walk = new FileWalk(bounds, nanoClock);
        Search search = new Search(walk, hidden, pattern, names.size(), limit);
        try (Folder folder = workspace.open(start.real())) {
            walk.walk(folder, names, search);
        }
        return ToolResult.of(search.answer(walk.notes()));
    }

    /** The names that lead from one directory to another inside it. */
    static List<String> names(Path from, Path to) {
        List<String> names = new ArrayList<>();
        if (!to.equals(from)) {
            from.relativize(to).forEach(name -> names.add(name.toString()));
        }
        return names;
    }

    private static final class Search implements FileWalk.Visitor {
        private final FileWalk walk;
        private final HiddenFiles hidden;
        private final GlobPattern pattern;
        private final int depth;
        private final int limit;
        private final PriorityQueue<Hit> newest = new PriorityQueue<>(Comparator.comparing(Hit::modified));
        private int total;

        Search(FileWalk walk, HiddenFiles hidden, GlobPattern pattern, int depth, int limit) {
            this.hidden = hidden;
            this.walk = walk;
            this.pattern = pattern;
            this.depth = depth;
            this.limit = limit;
        }

        @Override
        public void enter(Folder folder, List<String> path, List<Path> names) {}

        @Override
        public boolean wants(FileWalk.Entry directory) {
            return !hidden.hides(directory);
        }

        @Override
        public boolean file(FileWalk.Entry file) {
            if (pattern.matches(file.path(), depth) && !hidden.hides(file)) {
                total++;
                newest.add(new Hit(file.full(), file.attributes().lastModifiedTime()));
                if (newest.size() > limit) {
                    newest.remove();
                }
            }
            return true;
        }

        @Override
        public void leave() {}

        @Override
        public void unreadable(Path place, IOException reason) {
            walk.unreadable(place, reason);
        }

        String answer(List<String> notes) {
            List<String> lines = new ArrayList<>();
            newest.stream()
                    .sorted(Comparator.comparing(Hit::modified).reversed().thenComparing(Hit::path))
                    .forEach(hit -> lines.add(hit.path().toString()));
            if (lines.isEmpty()) {
                lines.add("No files found");
            }
            if (total > limit) {
                lines.add("[Only the " + limit + " most recently changed of " + total
                        + " files are listed. Narrow the pattern or the path.]");
            }
            lines.addAll(notes);
            return String.join("\n", lines);
        }
    }
}
