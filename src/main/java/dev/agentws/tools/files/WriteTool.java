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
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Creates a file, or replaces all of it. */
public final class WriteTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("Write", """
            Writes a whole file: creates it, or replaces everything in it. It never appends.
            - A file that exists must have been read completely with Read before, and not have changed since.
            - Missing directories on the way are made.
            - The content is written as given, in UTF-8; end it with a newline if the file should have one. Where the old file had \
            Windows line endings or a byte order mark, the new one gets them too.
            - To change a part of a file, Edit is the better tool.""", """
            {"type":"object","properties":{
            "file_path":{"type":"string","description":"The file, best as an absolute path."},
            "content":{"type":"string","description":"Everything the file shall hold."}},
            "required":["file_path","content"],"additionalProperties":false}""");

    private final Workspace workspace;
    private final FilesRead filesRead;

    /**
     * What a write comes to, before anything is written.
     *
     * @param before null when there is nothing to compare
     */
    private record Outcome(
            @Nullable BasicFileAttributes old, @Nullable String before, String after, TextForm form) {
        byte[] details(Path file) {
            FileDiff diff = before == null ? FileDiff.TOO_LARGE : FileDiff.of(before, after);
            return diff.toJson(old == null ? "create" : "update", file);
        }
    }

    public WriteTool(Workspace workspace, FilesRead filesRead) {
        this.workspace = workspace;
        this.filesRead = filesRead;
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure, IOException {
        String path = input.text("file_path");
        String content = input.text("content");
        input.end();
        Utf8Text.encode("content", content);
        Place place = FileChange.locate(workspace, path);
        Outcome planned = plan(place, content);
        long lines = content.lines().count();
        return BuiltInTool.ready(
                Access.edit(place.spot()),
                "Write " + Shown.line(place.shown().toString(), 200) + " (" + lines
                        + (lines == 1 ? " line)" : " lines)"),
                planned.details(place.shown()),
                output -> write(place, content));
    }

    private Outcome plan(Place place, String content) throws ToolFailure, IOException {
        if (FileChange.target(workspace, place) == null) {
            return prepare(null, place, content);
        }
        try (Folder folder = workspace.openParent(place)) {
            return prepare(folder, place, content);
        }
    }

    private ToolResult write(Place place, String content) throws ToolFailure, IOException {
        workspace.requireUnmoved(place);
        try (Folder folder = workspace.makeParent(place)) {
            Outcome outcome = prepare(folder, place, content);
            byte[] bytes = Utf8Text.encode("content", outcome.after());
            filesRead.written(place.real(), FileStamp.of(folder.replace(place.name(), bytes, outcome.old())));
            String done = outcome.old() == null
                    ? "File created successfully at: " + place.shown()
                    : "The file " + place.shown() + " has been updated successfully.";
            String kept = outcome.after().equals(content)
                    ? ""
                    : " It keeps its " + outcome.form().words() + ".";
            return ToolResult.of(done + kept).withDetails(outcome.details(place.shown()));
        }
    }

    /** @param folder where the file is or will be; null when there is no such directory yet */
    private Outcome prepare(@Nullable Folder folder, Place place, String content) throws ToolFailure, IOException {
        BasicFileAttributes old =
                folder == null ? null : FileChange.requireFile(place, folder.attributesIfPresent(place.name()));
        if (folder == null || old == null) {
            return new Outcome(null, "", content, TextForm.PLAIN);
        }
        requireKnown(place, old);
        String before = before(folder, place, old.size());
        TextForm form = before == null ? TextForm.PLAIN : TextForm.of(before);
        return new Outcome(old, before, form.give(content), form);
    }

    /** The old text; null when it is too large or no text, so that there is nothing to keep and nothing to compare. */
    private static @Nullable String before(Folder folder, Place place, long size) throws IOException {
        if (size > WholeText.MAX_BYTES) {
            return null;
        }
        try (ReadableByteChannel in = folder.read(place.name())) {
            return WholeText.decode(WholeText.bytes(in, size));
        }
    }

    private void requireKnown(Place place, BasicFileAttributes old) throws ToolFailure {
        FilesRead.Seen seen = filesRead.get(place.real());
        if (seen == null) {
            throw new ToolFailure(FileChange.UNREAD);
        }
        if (!seen.stamp().equals(FileStamp.of(old))) {
            throw new ToolFailure("File has been modified since it was read. Read it again before writing to it.");
        }
        if (!seen.whole()) {
            throw new ToolFailure(
                    FileChange.UNREAD + " Only a part of it was shown so far; replacing it needs all of it.");
        }
    }
}
