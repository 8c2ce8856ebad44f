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
import java.util.function.LongSupplier;

/** Searches the text of files. */
public final class GrepTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("Grep", """
            Searches the text of files with a regular expression (RE2 syntax, as in Go: no lookaround, no backreferences).
            - output_mode files_with_matches lists files, the most recently changed first; content shows path:line:text; count gives \
            the number of matching lines per file.
            - A directory is searched all the way down, without hidden files, files ignored by .gitignore and binary files, unless \
            they are named by path, or asked for by glob.
            - A pattern matches within a line; set multiline to let . and the pattern span lines.
            - head_limit (250; 0 for all) and offset page through long answers.
            - Literal braces and other special characters need a backslash.""", """
            {"type":"object","properties":{
            "pattern":{"type":"string","minLength":1,"maxLength":5000,"description":"The regular expression."},
            "path":{"type":"string","description":"The file or directory to search; the working directory if absent."},
            "glob":{"type":"string","description":"Only files whose name (or, with a slash, path) matches, e.g. *.{ts,tsx}; !... leaves them out."},
            "type":{"type":"string","description":"Only files of this type: java, py, js, ts, go, rust, md and so on."},
            "output_mode":{"type":"string","enum":["files_with_matches","content","count"],"default":"files_with_matches"},
            "-A":{"type":"integer","minimum":0,"description":"Lines shown after each match; content mode only."},
            "-B":{"type":"integer","minimum":0,"description":"Lines shown before each match; content mode only."},
            "-C":{"type":"integer","minimum":0,"description":"Lines shown before and after each match; content mode only."},
            "context":{"type":"integer","minimum":0,"description":"The same as -C."},
            "-n":{"type":"boolean","default":true,"description":"Show line numbers; content mode only."},
            "-o":{"type":"boolean","default":false,"description":"Show only what matched, not the line; content mode only."},
            "-i":{"type":"boolean","default":false,"description":"Do not tell upper from lower case."},
            "multiline":{"type":"boolean","default":false,"description":"Match across lines."},
            "head_limit":{"type":"integer","minimum":0,"default":250,"description":"Entries shown; 0 for all."},
            "offset":{"type":"integer","minimum":0,"default":0,"description":"Entries left out first."}},
            "required":["pattern"],"additionalProperties":false}""");

    /** Threads that help with one large tree; more would mostly wait for the walk. */
    private static final int MAX_HELPERS = 3;

    private final Workspace workspace;
    private final WalkBounds bounds;
    private final int headLimit;
    private final int maxChars;
    private final LongSupplier nanoClock;

    /**
     * @param headLimit the entries one call shows unless it says otherwise
     * @param maxChars the most chars of entries one call shows
     * @param nanoClock what the time limit of a walk is measured by, in nanoseconds
     */
    public GrepTool(Workspace workspace, WalkBounds bounds, int headLimit, int maxChars, LongSupplier nanoClock) {
        this.workspace = workspace;
        this.bounds = bounds;
        this.headLimit = headLimit;
        this.maxChars = maxChars;
        this.nanoClock = nanoClock;
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure, IOException {
        GrepQuery query = GrepQuery.read(input, headLimit);
        String path = input.optionalText("path");
        input.end();
        Place place = workspace.locate(path == null ? "." : path);
        boolean directory = Files.isDirectory(place.real());
        if (!directory && !Files.isRegularFile(place.real())) {
            throw new ToolFailure(
                    "path: " + place.shown() + " (expected: an existing file or directory, no device, pipe or socket)");
        }
        String description = "Search for " + Shown.line(query.pattern().pattern(), 200) + " in "
                + Shown.line(place.shown().toString(), 200);
        return BuiltInTool.searching(
                Access.read(place.spot()),
                description,
                hidden -> ToolResult.of(search(query, place, directory, new HiddenFiles(place, hidden))));
    }

    private String search(GrepQuery query, Place place, boolean directory, HiddenFiles hidden)
            throws ToolFailure, IOException, InterruptedException {
        FileWalk walk = new FileWalk(bounds, nanoClock);
        GrepReport report = new GrepReport(query, maxChars);
        int helpers = Math.min(MAX_HELPERS, Runtime.getRuntime().availableProcessors() - 1);
        GrepWalk visitor = new GrepWalk(query, report, walk, hidden, helpers);
        if (directory) {
            visitor.searchTree(workspace, place.real());
        } else {
            try (Folder folder = workspace.openParent(place)) {
                visitor.searchFile(folder, place.name());
            }
        }
        visitor.notes().forEach(report::note);
        return report.text();
    }
}
