package dev.agentws.tools.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How a notebook is laid out, seen from its first cell, so that a new one looks like the others.
 *
 * @param newline what lines end with; empty when all stands in one line
 * @param unit what one level is indented by
 */
record NotebookLayout(String newline, String unit) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of a notebook without cells: what Jupyter writes. */
    private static final String USUAL_UNIT = " ";

    /** The list of cells is on level 1, a cell on level 2. */
    private static final int CELL_LEVEL = 2;

    /** @param firstCell where the first cell begins, or -1 */
    static NotebookLayout of(String text, int listStart, int firstCell) {
        String newline = text.contains("\r\n") ? "\r\n" : "\n";
        if (firstCell < 0) {
            boolean lines = text.strip().contains("\n");
            return new NotebookLayout(lines ? newline : "", lines ? USUAL_UNIT : "");
        }
        String gap = text.substring(listStart + 1, firstCell);
        int lastBreak = gap.lastIndexOf('\n');
        if (lastBreak < 0) {
            return new NotebookLayout("", "");
        }
        String indent = gap.substring(lastBreak + 1);
        return new NotebookLayout(newline, indent.substring(0, indent.length() / CELL_LEVEL));
    }

    String beforeCell() {
        return newline + unit.repeat(newline.isEmpty() ? 0 : CELL_LEVEL);
    }

    String beforeListEnd() {
        return newline + (newline.isEmpty() ? "" : unit);
    }

    String betweenCells() {
        return newline.isEmpty() ? ", " : "," + beforeCell();
    }

    /** The cell as it stands in the list; its first line is not indented. */
    String write(ObjectNode cell) {
        Separators separators = Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator("");
        if (newline.isEmpty()) {
            separators = separators
                    .withObjectEntrySpacing(Separators.Spacing.AFTER)
                    .withArrayValueSpacing(Separators.Spacing.AFTER);
        }
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
        DefaultPrettyPrinter.Indenter indenter =
                newline.isEmpty() ? new DefaultPrettyPrinter.NopIndenter() : new DefaultIndenter(unit, "\n");
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        try {
            ObjectWriter writer = JSON.writer(printer);
            // A text inside JSON holds no line break of its own.
            return writer.writeValueAsString(cell).replace("\n", beforeCell());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
