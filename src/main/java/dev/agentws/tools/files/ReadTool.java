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
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Shows a file: text with line numbers, pictures, PDF documents, notebooks. */
public final class ReadTool {
    public static final ToolSpec SPEC = BuiltInTool.spec("Read", """
            Shows a file.
            - Of a text file each line comes as its number, a tab and its text; the number and the tab are not part of the file.
            - Without offset and limit the whole file is shown. A file that is too long comes as a first page with a notice that says \
            how to go on; an explicit range that is too long is an error.
            - Lines over 2,000 characters are cut and marked.
            - PNG, JPEG, GIF and WebP files are shown as pictures.
            - A PDF file of up to 10 pages is shown whole; of a longer one name the pages, at most 20 at a time.
            - Of a notebook (.ipynb) all cells are shown with their outputs; offset and limit count cells there.
            - Read a file before you change it with Edit or NotebookEdit, or replace it with Write.
            - Directories and other binary files cannot be read.""", """
            {"type":"object","properties":{
            "file_path":{"type":"string","description":"The file, best as an absolute path."},
            "offset":{"type":"integer","minimum":0,"description":"The line to begin with, counted from 1."},
            "limit":{"type":"integer","minimum":1,"description":"How many lines to show."},
            "pages":{"type":"string","description":"The pages of a PDF file to show, such as 3 or 1-5; at most 20."}},
            "required":["file_path"],"additionalProperties":false}""");

    private final Workspace workspace;
    private final FilesRead filesRead;
    private final int tokenCap;

    public ReadTool(Workspace workspace, FilesRead filesRead, int tokenCap) {
        this.workspace = workspace;
        this.filesRead = filesRead;
        this.tokenCap = tokenCap;
    }

    /** @param explicit whether the model named a range of lines */
    private record Request(
            long offset,
            long limit,
            boolean explicit,
            @Nullable PageRange pages) {}

    public ToolPlan plan(ToolInput input) throws ToolFailure, IOException {
        String path = input.text("file_path");
        Request request = new Request(
                Math.max(1, input.number("offset", 1, 0)),
                input.number("limit", Long.MAX_VALUE, 1),
                input.has("offset") || input.has("limit"),
                PageRange.read(input, "pages"));
        input.end();
        Place place = workspace.locate("file_path", path);
        requireFitting(FileKind.of(place.real()), request);
        return BuiltInTool.ready(
                Access.read(place.spot()),
                "Read " + Shown.line(place.shown().toString(), 200),
                output -> read(place, request));
    }

    private static void requireFitting(FileKind kind, Request request) throws ToolFailure {
        if (request.pages() != null && kind != FileKind.PDF) {
            throw new ToolFailure("pages: " + request.pages() + " (expected: absent, it is for PDF files only)");
        }
        if (request.explicit() && (kind == FileKind.PDF || kind == FileKind.IMAGE)) {
            throw new ToolFailure(
                    "offset, limit: given (expected: absent, they are for text files and notebooks only)");
        }
    }

    private ToolResult read(Place place, Request request) throws ToolFailure, IOException, InterruptedException {
        workspace.requireUnmoved(place);
        if (!Files.exists(place.real(), LinkOption.NOFOLLOW_LINKS)) {
            throw new ToolFailure(place.shown() + ": no such file or directory (expected: an existing file)");
        }
        try (Folder folder = workspace.openParent(place)) {
            BasicFileAttributes attributes = folder.attributes(place.name());
            requireFile(place, attributes);
            try (SeekableByteChannel file = folder.read(place.name())) {
                return show(place, attributes, file, request);
            }
        }
    }

    private ToolResult show(Place place, BasicFileAttributes attributes, SeekableByteChannel file, Request request)
            throws ToolFailure, IOException, InterruptedException {
        FileStamp stamp = FileStamp.of(attributes);
        switch (FileKind.of(place.real())) {
            case IMAGE:
                ToolResult picture = ImageView.show(place.shown(), file, stamp.size());
                filesRead.written(place.real(), stamp);
                return picture;
            case PDF:
                ToolResult document = PdfView.show(place.shown(), file, request.pages());
                filesRead.written(place.real(), stamp);
                return document;
            case NOTEBOOK:
                NotebookView cells = new NotebookView(request.offset(), request.limit(), tokenCap);
                ToolResult notebook = cells.show(place.shown(), file);
                filesRead.shown(place.real(), stamp, cells.first(), cells.last(), cells.reachedEnd());
                return notebook;
            default:
                return lines(place, stamp, file, request);
        }
    }

    private ToolResult lines(Place place, FileStamp stamp, SeekableByteChannel file, Request request)
            throws ToolFailure, IOException, InterruptedException {
        TextPage page = new TextPage(request.offset(), request.limit(), request.explicit(), tokenCap);
        try (LineReader lines = new LineReader(file, TextPage.MAX_LINE_CHARS, true)) {
            String text = page.show(lines, place.shown(), stamp.size());
            filesRead.shown(place.real(), stamp, page.first(), page.last(), page.reachedEnd());
            return ToolResult.of(text);
        }
    }

    private static void requireFile(Place place, BasicFileAttributes attributes) throws ToolFailure {
        if (attributes.isDirectory()) {
            throw new ToolFailure(
                    place.shown() + ": is a directory (expected: a file; list it with Glob, or ls in Bash)");
        }
        if (!attributes.isRegularFile()) {
            throw new ToolFailure(place.shown() + ": is a device, pipe, socket or link (expected: a regular file)");
        }
    }
}
