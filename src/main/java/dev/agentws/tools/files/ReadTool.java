package dev.agentws.tools.files;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import dev.agentws.tools.files.Workspace.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Set;

/** Shows a text file with line numbers. */
public final class ReadTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("Read", """
            Shows a text file of the working directory.
            - Each line comes as its number, a tab and its text; the number and the tab are not part of the file.
            - Without offset and limit the whole file is shown. A file that is too long comes as a first page with a notice that says \
            how to go on; an explicit range that is too long is an error.
            - Lines over 2,000 characters are cut and marked.
            - Read a file before you change it with Edit, or replace it with Write.
            - Directories, images, PDF files, notebooks and other binary files cannot be read.""", """
            {"type":"object","properties":{
            "file_path":{"type":"string","description":"The file, best as an absolute path."},
            "offset":{"type":"integer","minimum":0,"description":"The line to begin with, counted from 1."},
            "limit":{"type":"integer","minimum":1,"description":"How many lines to show."}},
            "required":["file_path"],"additionalProperties":false}""");

    private static final Set<String> OTHER_KINDS = Set.of("png", "jpg", "jpeg", "gif", "webp", "pdf", "ipynb");

    private final Workspace workspace;
    private final FilesRead filesRead;
    private final int tokenCap;

    public ReadTool(Workspace workspace, FilesRead filesRead, int tokenCap) {
        this.workspace = workspace;
        this.filesRead = filesRead;
        this.tokenCap = tokenCap;
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure, IOException {
        String path = input.text("file_path");
        boolean explicit = input.has("offset") || input.has("limit");
        long offset = Math.max(1, input.number("offset", 1, 0));
        long limit = input.number("limit", Long.MAX_VALUE, 1);
        input.end();
        Place place = workspace.locate(path);
        return BuiltInTool.ready(
                Access.read(place.spot()),
                "Read " + Shown.line(place.shown().toString(), 200),
                output -> read(place, new TextPage(offset, limit, explicit, tokenCap)));
    }

    private ToolResult read(Place place, TextPage page) throws ToolFailure, IOException, InterruptedException {
        if (!Files.exists(place.real(), LinkOption.NOFOLLOW_LINKS)) {
            throw new ToolFailure(place.shown() + ": no such file or directory (expected: an existing text file)");
        }
        try (Folder folder = workspace.openParent(place)) {
            BasicFileAttributes attributes = folder.attributes(place.name());
            requireText(place, attributes);
            try (LineReader lines = new LineReader(folder.read(place.name()), TextPage.MAX_LINE_CHARS)) {
                String text = page.show(lines, place.shown(), attributes.size());
                filesRead.shown(place.real(), FileStamp.of(attributes), page.first(), page.last(), page.reachedEnd());
                return ToolResult.of(text);
            }
        }
    }

    private static void requireText(Place place, BasicFileAttributes attributes) throws ToolFailure {
        if (attributes.isDirectory()) {
            throw new ToolFailure(
                    place.shown() + ": is a directory (expected: a text file; list it with Glob, or ls in Bash)");
        }
        if (!attributes.isRegularFile()) {
            throw new ToolFailure(
                    place.shown() + ": is a device, pipe, socket or link (expected: a regular text file)");
        }
        String name = place.name().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (OTHER_KINDS.contains(ending)) {
            throw new ToolFailure(place.shown() + ": ." + ending + " files cannot be shown (expected: a text file)");
        }
    }
}
