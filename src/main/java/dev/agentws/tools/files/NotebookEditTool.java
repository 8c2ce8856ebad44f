package dev.agentws.tools.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Changes one cell of a notebook. */
public final class NotebookEditTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("NotebookEdit", """
            Changes one cell of a Jupyter notebook (.ipynb).
            - The notebook must have been read with Read before, which shows the ids of its cells.
            - edit_mode replace (the default) gives the cell cell_id a new source and clears its outputs; insert puts a new cell behind \
            cell_id, or at the very beginning without one, and needs cell_type; delete takes the cell away.
            - Everything else in the file stays as it is.""", """
            {"type":"object","properties":{
            "notebook_path":{"type":"string","description":"The notebook, best as an absolute path."},
            "cell_id":{"type":"string","description":"The cell, as Read names it."},
            "new_source":{"type":"string","description":"The new source of the cell; ignored by delete."},
            "cell_type":{"type":"string","enum":["code","markdown"],"description":"The kind of the cell; as it was if absent."},
            "edit_mode":{"type":"string","enum":["replace","insert","delete"],"default":"replace"}},
            "required":["notebook_path","new_source"],"additionalProperties":false}""");

    private static final int ID_CHARS = 8;

    private final Workspace workspace;
    private final FilesRead filesRead;

    public NotebookEditTool(Workspace workspace, FilesRead filesRead) {
        this.workspace = workspace;
        this.filesRead = filesRead;
    }

    /** @param type empty to leave it as it is */
    private record Request(String path, @Nullable String cell, String source, String type, Mode mode) {}

    private enum Mode {
        REPLACE,
        INSERT,
        DELETE
    }

    /** A notebook before and after, and which cell it is about. */
    private record Outcome(BasicFileAttributes old, Notebook before, Notebook after, String cell, boolean cleared) {
        byte[] details(Path file) {
            return FileDiff.of(before.text(), after.text()).toJson("update", file);
        }
    }

    public ToolPlan plan(ToolInput input) throws ToolFailure, IOException {
        Request request = read(input);
        Place place = workspace.locate("notebook_path", request.path());
        if (FileKind.of(place.real()) != FileKind.NOTEBOOK) {
            throw new ToolFailure(
                    place.shown() + ": is no .ipynb file (expected: a notebook; change other files with Edit)");
        }
        if (FileChange.target(workspace, place) == null) {
            throw new ToolFailure(place.shown() + ": no such file (expected: an existing notebook)");
        }
        Outcome planned;
        try (Folder folder = workspace.openParent(place)) {
            planned = prepare(folder, place, request);
        }
        String mode = request.mode().name().toLowerCase(Locale.ROOT);
        return BuiltInTool.ready(
                Access.edit(place.spot()),
                "Edit " + Shown.line(place.shown().toString(), 200) + ": " + mode + " a cell",
                planned.details(place.shown()),
                output -> edit(place, request));
    }

    private static Request read(ToolInput input) throws ToolFailure {
        String path = input.text("notebook_path");
        String cell = input.optionalText("cell_id");
        String source = input.text("new_source");
        String type = input.choice("cell_type", "", List.of("code", "markdown"));
        String mode = input.choice("edit_mode", "replace", List.of("replace", "insert", "delete"));
        input.end();
        Utf8Text.encode("new_source", source);
        Request request = new Request(path, cell, source, type, Mode.valueOf(mode.toUpperCase(Locale.ROOT)));
        if (request.mode() == Mode.INSERT && type.isEmpty()) {
            throw new ToolFailure("cell_type: missing (expected: code or markdown, as edit_mode is insert)");
        }
        if (request.mode() != Mode.INSERT && cell == null) {
            throw new ToolFailure("cell_id: missing (expected: the id of the cell to " + mode + ")");
        }
        return request;
    }

    private ToolResult edit(Place place, Request request) throws ToolFailure, IOException {
        workspace.requireUnmoved(place);
        try (Folder folder = workspace.openParent(place)) {
            Outcome outcome = prepare(folder, place, request);
            String after = outcome.after().text();
            BasicFileAttributes written =
                    folder.replace(place.name(), Utf8Text.encode("new_source", after), outcome.old());
            filesRead.edited(place.real(), FileStamp.of(written), false);
            return ToolResult.of(done(request.mode(), outcome)).withDetails(outcome.details(place.shown()));
        }
    }

    private static String done(Mode mode, Outcome outcome) {
        switch (mode) {
            case INSERT:
                return "Inserted cell " + outcome.cell() + ".";
            case DELETE:
                return "Deleted cell " + outcome.cell() + ".";
            default:
                return "Updated cell " + outcome.cell() + "." + (outcome.cleared() ? " Its outputs are cleared." : "");
        }
    }

    private Outcome prepare(Folder folder, Place place, Request request) throws ToolFailure, IOException {
        BasicFileAttributes old = FileChange.requireFile(place, folder.attributesIfPresent(place.name()));
        FilesRead.Seen seen = filesRead.get(place.real());
        if (old == null || seen == null) {
            throw new ToolFailure(FileChange.UNREAD);
        }
        if (!seen.stamp().equals(FileStamp.of(old))) {
            throw new ToolFailure("File has been modified since it was read. Read it again before editing it.");
        }
        Notebook before = Notebook.parse(place.shown().toString(), WholeText.load(folder, place, old.size()));
        int index = index(place, before, request);
        switch (request.mode()) {
            case INSERT:
                ObjectNode cell = newCell(before, request, index);
                Notebook more = before.inserted(index, cell);
                return new Outcome(old, before, more, CellText.id(cell, index), false);
            case DELETE:
                return new Outcome(old, before, before.deleted(index), id(before, index), false);
            default:
                Notebook after = before.replaced(index, changed(before, request, index));
                boolean cleared =
                        !before.cells().get(index).json().path("outputs").isEmpty();
                return new Outcome(old, before, after, id(before, index), cleared);
        }
    }

    /** The cell that is meant, or where the new one comes. */
    private static int index(Place place, Notebook notebook, Request request) throws ToolFailure {
        if (request.cell() == null) {
            return 0;
        }
        OptionalInt found = notebook.find(request.cell());
        if (found.isEmpty()) {
            throw new ToolFailure("cell_id: " + Shown.line(request.cell(), 100) + " (expected: the id of a cell of "
                    + place.shown() + " as Read shows it)");
        }
        return request.mode() == Mode.INSERT ? found.getAsInt() + 1 : found.getAsInt();
    }

    private static String id(Notebook notebook, int index) {
        return CellText.id(notebook.cells().get(index).json(), index);
    }

    private static ObjectNode changed(Notebook notebook, Request request, int index) {
        ObjectNode cell = notebook.cells().get(index).json().deepCopy();
        cell.set("source", source(request.source(), cell.path("source").isTextual()));
        if (!request.type().isEmpty()) {
            cell.put("cell_type", request.type());
        }
        if (cell.path("cell_type").asText("").equals("code")) {
            cell.putNull("execution_count");
            cell.putArray("outputs");
        } else {
            cell.remove(List.of("execution_count", "outputs"));
        }
        return cell;
    }

    /** With its fields in the order Jupyter writes them. */
    private static ObjectNode newCell(Notebook notebook, Request request, int index) {
        ObjectNode cell = JsonNodeFactory.instance.objectNode();
        boolean code = request.type().equals("code");
        cell.put("cell_type", request.type());
        if (code) {
            cell.putNull("execution_count");
        }
        if (notebook.withIds()) {
            cell.put("id", freeId(notebook, request.source(), index));
        }
        cell.putObject("metadata");
        if (code) {
            cell.putArray("outputs");
        }
        boolean asString = !notebook.cells().isEmpty()
                && notebook.cells().get(0).json().path("source").isTextual();
        cell.set("source", source(request.source(), asString));
        return cell;
    }

    /** Told from the content, so that it needs no chance; unique within the notebook, as the format wants it. */
    private static String freeId(Notebook notebook, String source, int index) {
        int number = 31 * source.hashCode() + index;
        String id;
        do {
            id = String.format("%0" + ID_CHARS + "x", number++);
        } while (notebook.find(id).isPresent());
        return id;
    }

    private static JsonNode source(String text, boolean asString) {
        if (asString) {
            return JsonNodeFactory.instance.textNode(text);
        }
        ArrayNode lines = JsonNodeFactory.instance.arrayNode();
        int from = 0;
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
            lines.add(text.substring(from, at + 1));
            from = at + 1;
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }
}
