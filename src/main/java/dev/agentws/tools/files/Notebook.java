package dev.agentws.tools.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The text of a notebook, and where its cells stand in it. A change replaces the text of one cell; all the rest keeps every byte.
 * Immutable.
 *
 * @param listStart where the list of cells opens
 * @param listEnd behind where it closes
 */
record Notebook(String text, List<Cell> cells, int listStart, int listEnd, boolean withIds) {
    /** Numbers are written back as they were. */
    private static final JsonFactory JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build()
            .getFactory();

    private static final int FORMAT = 4;

    /** From this minor version on cells have ids. */
    private static final int MINOR_WITH_IDS = 5;

    /** One cell and its place in the text. */
    record Cell(int start, int end, ObjectNode json) {}

    /** @throws ToolFailure when it is no notebook that can be changed; {@code name} is what the words call it */
    static Notebook parse(String name, String text) throws ToolFailure {
        Reading reading = new Reading(name);
        try (JsonParser json = JSON.createParser(text.startsWith("\uFEFF") ? " " + text.substring(1) : text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ToolFailure(name + ": is no JSON object (expected: a notebook)");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                reading.field(json);
            }
        } catch (JsonProcessingException broken) {
            throw new ToolFailure(name + ": is not valid JSON (" + problem(broken) + "; expected: a notebook)");
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (reading.listEnd == 0 || reading.format != FORMAT) {
            throw new ToolFailure(name + ": nbformat " + reading.format + (reading.listEnd == 0 ? ", no cells" : "")
                    + " (expected: a notebook of format " + FORMAT + ")");
        }
        return new Notebook(text, reading.cells, reading.listStart, reading.listEnd, reading.minor >= MINOR_WITH_IDS);
    }

    /** Where the cell of that id is: its own, or {@code cell-N} with its place, counted from 0. */
    OptionalInt find(String id) {
        return IntStream.range(0, cells.size())
                .filter(index -> CellText.id(cells.get(index).json(), index).equals(id)
                        || (id.equals("cell-" + index) && !hasId(id)))
                .findFirst();
    }

    private boolean hasId(String id) {
        return cells.stream().anyMatch(cell -> cell.json().path("id").asText("").equals(id));
    }

    Notebook replaced(int index, ObjectNode cell) throws ToolFailure {
        Cell old = cells.get(index);
        return with(old.start(), old.end(), layout().write(cell));
    }

    Notebook inserted(int index, ObjectNode cell) throws ToolFailure {
        NotebookLayout layout = layout();
        String written = layout.write(cell);
        if (cells.isEmpty()) {
            return with(listStart, listEnd, "[" + layout.beforeCell() + written + layout.beforeListEnd() + "]");
        }
        if (index == 0) {
            int start = cells.get(0).start();
            return with(start, start, written + layout.betweenCells());
        }
        int end = cells.get(index - 1).end();
        return with(end, end, layout.betweenCells() + written);
    }

    Notebook deleted(int index) throws ToolFailure {
        if (cells.size() == 1) {
            return with(listStart, listEnd, "[]");
        }
        return index == 0
                ? with(cells.get(0).start(), cells.get(1).start(), "")
                : with(cells.get(index - 1).end(), cells.get(index).end(), "");
    }

    private NotebookLayout layout() {
        return NotebookLayout.of(
                text, listStart, cells.isEmpty() ? -1 : cells.get(0).start());
    }

    private Notebook with(int start, int end, String part) throws ToolFailure {
        return parse("notebook", text.substring(0, start) + part + text.substring(end));
    }

    /** What one pass over the text has found. */
    private static final class Reading {
        private final String name;
        private final List<Cell> cells = new ArrayList<>();
        private int listStart;
        private int listEnd;
        private int format;
        private int minor;

        Reading(String name) {
            this.name = name;
        }

        void field(JsonParser json) throws IOException, ToolFailure {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (field.equals("cells") && value == JsonToken.START_ARRAY) {
                cells(json);
            } else if (field.equals("nbformat") && value == JsonToken.VALUE_NUMBER_INT) {
                format = json.getValueAsInt();
            } else if (field.equals("nbformat_minor") && value == JsonToken.VALUE_NUMBER_INT) {
                minor = json.getValueAsInt();
            } else {
                json.skipChildren();
            }
        }

        private void cells(JsonParser json) throws IOException, ToolFailure {
            cells.clear();
            listStart = at(json.currentTokenLocation().getCharOffset());
            while (json.nextToken() == JsonToken.START_OBJECT) {
                int start = at(json.currentTokenLocation().getCharOffset());
                JsonNode cell = json.readValueAsTree();
                cells.add(new Cell(start, at(json.currentLocation().getCharOffset()), (ObjectNode) cell));
            }
            if (json.currentToken() != JsonToken.END_ARRAY) {
                throw new ToolFailure(
                        name + ": has a cell that is no object (expected: a notebook of format " + FORMAT + ")");
            }
            listEnd = at(json.currentLocation().getCharOffset());
        }

        private static int at(long offset) {
            return Math.toIntExact(offset);
        }
    }

    /** In what way it is no JSON; where a bracket was opened would come with words about the parser. */
    static String problem(JsonProcessingException broken) {
        return broken.getOriginalMessage().replaceAll(" \\(start marker at .*", "");
    }
}
