package dev.agentws.tools.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.ToolResult.Attachment;
import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The cells of a notebook that one Read shows, with their outputs. Reads cell by cell, so that a large notebook is not loaded, and
 * stops when the page is full. Confined to one call.
 */
final class NotebookView {
    /** No parser of a tree of its own: cells are read one at a time from the stream. */
    private static final JsonFactory JSON = new ObjectMapper().getFactory();

    private static final int MAX_PICTURES = 20;
    private static final int MAX_PICTURE_BYTES = 8 << 20;

    private final long offset;
    private final long limit;
    private final int tokenCap;
    private final StringBuilder text = new StringBuilder();
    private final List<Attachment> pictures = new ArrayList<>();
    private long pictureBytes;
    private int picturesLeftOut;
    private long number;
    private long last;
    private boolean full;
    private boolean reachedEnd;
    private boolean hasCells;

    /** @param offset the cell to begin with, counted from 1 */
    NotebookView(long offset, long limit, int tokenCap) {
        this.offset = offset;
        this.limit = limit;
        this.tokenCap = tokenCap;
    }

    ToolResult show(Path shown, ReadableByteChannel file) throws ToolFailure, IOException, InterruptedException {
        try (JsonParser json = JSON.createParser(Channels.newInputStream(file))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ToolFailure(shown + ": is no JSON object (expected: a notebook)");
            }
            while (!full && json.nextToken() == JsonToken.FIELD_NAME) {
                boolean cells = json.currentName().equals("cells");
                JsonToken value = json.nextToken();
                if (cells && value == JsonToken.START_ARRAY) {
                    hasCells = true;
                    cells(json);
                } else {
                    json.skipChildren();
                }
            }
        } catch (JsonProcessingException broken) {
            throw new ToolFailure(
                    shown + ": is not valid JSON (" + Notebook.problem(broken) + "; expected: a notebook)");
        }
        if (!hasCells) {
            throw new ToolFailure(shown + ": has no cells (expected: a notebook of format 4)");
        }
        return new ToolResult(answer(shown), false, pictures, null);
    }

    long first() {
        return offset;
    }

    long last() {
        return last;
    }

    boolean reachedEnd() {
        return reachedEnd;
    }

    private void cells(JsonParser json) throws IOException, InterruptedException {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled while reading a notebook");
            }
            number++;
            if (number < offset) {
                json.skipChildren();
            } else if (number - offset >= limit) {
                full = true;
                return;
            } else {
                addCell(json.readValueAsTree());
            }
            if (full) {
                return;
            }
        }
        reachedEnd = true;
    }

    private void addCell(JsonNode cell) {
        CellText shown = CellText.of(cell, number - 1);
        // One cell is always shown, so that there is a way on.
        if (last > 0 && text.length() + shown.text().length() > tokenCap * 4L) {
            full = true;
            return;
        }
        text.append(cut(shown.text()));
        shown.pictures().forEach(this::addPicture);
        last = number;
    }

    private String cut(String cell) {
        long room = tokenCap * 4L;
        return cell.length() <= room
                ? cell
                : cell.substring(0, (int) room) + "\n[cell cut: " + room + " of " + cell.length() + " chars shown]\n";
    }

    private void addPicture(Attachment picture) {
        if (pictures.size() >= MAX_PICTURES || pictureBytes + picture.data().length > MAX_PICTURE_BYTES) {
            picturesLeftOut++;
            return;
        }
        pictureBytes += picture.data().length;
        pictures.add(picture);
    }

    private String answer(Path shown) {
        if (last == 0) {
            return number == 0
                    ? "The notebook " + shown + " has no cells."
                    : "The notebook " + shown + " has only " + number + " cells; offset " + offset
                            + " is past its end.";
        }
        if (picturesLeftOut > 0) {
            text.append("[")
                    .append(picturesLeftOut)
                    .append(" pictures are left out, there are too many or they are too large.]\n");
        }
        if (!reachedEnd) {
            text.append("\n[PARTIAL view: cells ")
                    .append(offset)
                    .append("-")
                    .append(last)
                    .append(" of the notebook. Go on with offset ")
                    .append(last + 1)
                    .append(".]");
        }
        return text.toString().stripTrailing();
    }
}
