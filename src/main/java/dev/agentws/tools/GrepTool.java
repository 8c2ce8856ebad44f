package dev.agentws.tools;

import dev.agentws.agent.ToolPlan;
import dev.agentws.agent.ToolResult;
import dev.agentws.agent.ToolSpec;
import dev.agentws.tools.Workspace.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.LongSupplier;

/** Searches the text of files. */
final class GrepTool {
    static final ToolSpec SPEC = BuiltInTool.spec("Grep", """
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

    private final Workspace workspace;
    private final ToolsConfig config;
    private final LongSupplier nanoClock;

    GrepTool(Workspace workspace, ToolsConfig config, LongSupplier nanoClock) {
        this.workspace = workspace;
        this.config = config;
        this.nanoClock = nanoClock;
    }

    ToolPlan plan(ToolInput input) throws ToolFailure, IOException {
        GrepQuery query = GrepQuery.read(input, config.grepHeadLimit());
        String path = input.optionalText("path");
        input.end();
        Place place = workspace.locate(path == null ? "." : path);
        boolean directory = Files.isDirectory(place.real());
        if (!directory && !Files.isRegularFile(place.real())) {
            throw new ToolFailure("path: " + place.shown() + " (expected: an existing file or directory)");
        }
        String description = "Search for " + Shown.line(query.pattern().pattern(), 200) + " in "
                + Shown.line(place.shown().toString(), 200);
        return BuiltInTool.ready(
                ToolPlan.Access.FREE, description, output -> ToolResult.of(search(query, place, directory)));
    }

    private String search(GrepQuery query, Place place, boolean directory)
            throws ToolFailure, IOException, InterruptedException {
        FileWalk walk = new FileWalk(config.walk(), nanoClock);
        GrepReport report = new GrepReport(query, config.readTokenCap() * 4);
        GrepWalk visitor = new GrepWalk(query, report, walk);
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
