package dev.agentws.tools.files;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import dev.agentws.tools.call.Utf8Text;
import dev.agentws.tools.files.Workspace.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Replaces one exact piece of text in a file. */
public final class EditTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("Edit", """
            Replaces an exact piece of text in a file.
            - The file must have been read with Read before.
            - old_string must match to the letter, with its indentation but without the line numbers of Read, and occur exactly once; \
            take in neighbouring lines to make it unique, or set replace_all to change every occurrence.
            - old_string and new_string must differ.
            - An empty old_string creates a file that does not exist yet, with new_string as its content.
            - Line endings, byte order mark and file mode stay as they are.""", """
            {"type":"object","properties":{
            "file_path":{"type":"string","description":"The file, best as an absolute path."},
            "old_string":{"type":"string","description":"The text to replace."},
            "new_string":{"type":"string","description":"What takes its place."},
            "replace_all":{"type":"boolean","default":false,"description":"Replace every occurrence."}},
            "required":["file_path","old_string","new_string"],"additionalProperties":false}""");

    private static final int SHOWN_CHARS = 2_000;

    private static final long MAX_RESULT_CHARS = 64L << 20;

    private final Workspace workspace;
    private final FilesRead filesRead;

    public EditTool(Workspace workspace, FilesRead filesRead) {
        this.workspace = workspace;
        this.filesRead = filesRead;
    }

    private record Request(String path, TextEdit edit, boolean all) {}

    /** What an edit comes to, before anything is written. */
    private record Outcome(@Nullable BasicFileAttributes old, String before, String after, boolean othersChangedIt) {
        byte[] details(Path file) {
            return FileDiff.of(before, after).toJson(old == null ? "create" : "update", file);
        }
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure, IOException {
        Request request = new Request(
                input.text("file_path"),
                new TextEdit(input.text("old_string"), input.text("new_string")),
                input.flag("replace_all", false));
        input.end();
        Utf8Text.encode("new_string", request.edit().to());
        if (request.edit().from().equals(request.edit().to())) {
            throw new ToolFailure("No changes to make: old_string and new_string are exactly the same.");
        }
        Place place = FileChange.locate(workspace, request.path());
        if (FileKind.of(place.real()) == FileKind.NOTEBOOK) {
            throw new ToolFailure(
                    place.shown() + ": is a notebook (expected: a text file; change cells with NotebookEdit)");
        }
        Outcome planned = plan(place, request);
        return BuiltInTool.ready(
                Access.edit(place.spot()),
                "Edit " + Shown.line(place.shown().toString(), 200),
                planned.details(place.shown()),
                output -> edit(place, request));
    }

    private Outcome plan(Place place, Request request) throws ToolFailure, IOException {
        if (FileChange.target(workspace, place) == null) {
            return prepareNew(place, request);
        }
        try (Folder folder = workspace.openParent(place)) {
            return prepare(folder, place, request);
        }
    }

    private ToolResult edit(Place place, Request request) throws ToolFailure, IOException {
        workspace.requireUnmoved(place);
        boolean create = request.edit().from().isEmpty();
        try (Folder folder = create ? workspace.makeParent(place) : workspace.openParent(place)) {
            Outcome outcome = prepare(folder, place, request);
            byte[] content = Utf8Text.encode("new_string", outcome.after());
            FileStamp stamp = FileStamp.of(folder.replace(place.name(), content, outcome.old()));
            byte[] details = outcome.details(place.shown());
            if (outcome.old() == null) {
                filesRead.written(place.real(), stamp);
                return ToolResult.of("File created successfully at: " + place.shown())
                        .withDetails(details);
            }
            filesRead.edited(place.real(), stamp, outcome.othersChangedIt());
            String done = "The file " + place.shown() + " has been updated successfully.";
            String warning =
                    " Something else had changed the file since it was read; Read it again before relying on the rest.";
            return ToolResult.of(outcome.othersChangedIt() ? done + warning : done)
                    .withDetails(details);
        }
    }

    private Outcome prepare(Folder folder, Place place, Request request) throws ToolFailure, IOException {
        BasicFileAttributes old = FileChange.requireFile(place, folder.attributesIfPresent(place.name()));
        if (old == null) {
            return prepareNew(place, request);
        }
        if (request.edit().from().isEmpty()) {
            throw new ToolFailure(place.shown() + ": exists (expected: no such file, because old_string is empty)");
        }
        FilesRead.Seen seen = filesRead.get(place.real());
        if (seen == null) {
            throw new ToolFailure(FileChange.UNREAD);
        }
        boolean othersChangedIt = !seen.stamp().equals(FileStamp.of(old));
        String text = WholeText.load(folder, place, old.size());
        int count = request.edit().count(text);
        if (othersChangedIt && count != 1) {
            throw new ToolFailure("File has been modified since it was read, and old_string matches " + count
                    + " places of it now. Read it again before editing it.");
        }
        requireMatch(request, count);
        requireRoom(place, text, request.edit(), count);
        return new Outcome(old, text, request.edit().apply(text), othersChangedIt);
    }

    private static Outcome prepareNew(Place place, Request request) throws ToolFailure {
        if (!request.edit().from().isEmpty()) {
            throw new ToolFailure(
                    place.shown() + ": no such file (expected: an existing file, or an empty old_string to create it)");
        }
        return new Outcome(null, "", request.edit().to(), false);
    }

    /** Many small places and a long replacement would come to more than any memory. */
    private static void requireRoom(Place place, String text, TextEdit edit, int count) throws ToolFailure {
        // Twice, as every \n of the replacement may become \r\n.
        long chars = text.length() + 2L * count * edit.to().length();
        if (chars > MAX_RESULT_CHARS) {
            throw new ToolFailure(place.shown() + ": would grow to about " + chars + " chars (expected: at most "
                    + MAX_RESULT_CHARS + ")");
        }
    }

    private static void requireMatch(Request request, int count) throws ToolFailure {
        String wanted = request.edit().from();
        String shown = wanted.length() <= SHOWN_CHARS ? wanted : wanted.substring(0, SHOWN_CHARS) + "...";
        if (count == 0) {
            throw new ToolFailure("String to replace not found in file.\nString: " + shown);
        }
        if (count > 1 && !request.all()) {
            throw new ToolFailure("Found " + count + " matches of the string to replace, but replace_all is false."
                    + " Set replace_all to true to change all of them, or take in more of the lines around the one that is meant.\nString: "
                    + shown);
        }
    }
}
