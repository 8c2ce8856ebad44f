package dev.agentws.tools.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.tool.ToolResult.Attachment;
import dev.agentws.agent.tool.ToolResult.AttachmentKind;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One cell of a notebook as the model sees it: its source and what it printed. Immutable. */
record CellText(String text, List<Attachment> pictures) {
    /** What one output shows at most; the rest is progress bars. */
    private static final int MAX_OUTPUT_CHARS = 10_000;

    private static final List<String> TEXT_TYPES = List.of("text/plain", "text/markdown", "text/latex", "text/html");

    /** @param index the cell's place, counted from 0, which names it where it has no id */
    static CellText of(JsonNode cell, long index) {
        StringBuilder text = new StringBuilder();
        List<Attachment> pictures = new ArrayList<>();
        String type = cell.path("cell_type").asText("raw");
        text.append("<cell id=\"")
                .append(id(cell, index))
                .append("\" type=\"")
                .append(type)
                .append("\">\n");
        text.append(joined(cell.path("source"))).append("\n</cell>\n");
        for (JsonNode output : cell.path("outputs")) {
            String shown = shown(output, pictures);
            if (!shown.isEmpty()) {
                text.append("<output>\n").append(cut(shown)).append("\n</output>\n");
            }
        }
        return new CellText(text.append('\n').toString(), pictures);
    }

    static String id(JsonNode cell, long index) {
        return cell.path("id").isTextual() ? cell.path("id").textValue() : "cell-" + index;
    }

    /** Notebooks keep a text as one string or as a list of lines. */
    static String joined(JsonNode text) {
        if (!text.isArray()) {
            return text.asText("");
        }
        StringBuilder all = new StringBuilder();
        text.forEach(line -> all.append(line.asText("")));
        return all.toString();
    }

    private static String shown(JsonNode output, List<Attachment> pictures) {
        String kind = output.path("output_type").asText("");
        if (kind.equals("stream")) {
            return plain(joined(output.path("text")));
        }
        if (kind.equals("error")) {
            return plain(output.path("ename").asText("") + ": "
                    + output.path("evalue").asText("") + "\n" + traceback(output.path("traceback")));
        }
        return data(output.path("data"), pictures);
    }

    private static String traceback(JsonNode lines) {
        StringBuilder all = new StringBuilder();
        lines.forEach(line -> all.append(line.asText("")).append('\n'));
        return all.toString().stripTrailing();
    }

    private static String data(JsonNode data, List<Attachment> pictures) {
        for (ImageType type : ImageType.values()) {
            JsonNode picture = data.path(type.mediaType());
            if (!picture.isMissingNode()) {
                return picture(joined(picture), pictures);
            }
        }
        for (String type : TEXT_TYPES) {
            if (data.has(type)) {
                return plain(joined(data.path(type)));
            }
        }
        return data.isEmpty() ? "" : "[" + String.join(", ", names(data)) + "]";
    }

    private static List<String> names(JsonNode data) {
        List<String> names = new ArrayList<>();
        data.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String picture(String base64, List<Attachment> pictures) {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(base64);
            ImageType type = ImageView.passable(bytes);
            if (type == null) {
                return "[a picture that cannot be shown]";
            }
            pictures.add(new Attachment(AttachmentKind.IMAGE, type.mediaType(), bytes));
            return "[a picture]";
        } catch (IllegalArgumentException notBase64) {
            return "[a picture that cannot be shown]";
        }
    }

    /** Without the colours of a terminal. */
    private static String plain(String text) {
        return text.replaceAll("\u001B\\[[0-9;]*[A-Za-z]", "");
    }

    private static String cut(String text) {
        String whole = text.stripTrailing();
        if (whole.length() <= MAX_OUTPUT_CHARS) {
            return whole;
        }
        return whole.substring(0, MAX_OUTPUT_CHARS) + "\n[output cut: " + MAX_OUTPUT_CHARS + " of " + whole.length()
                + " chars shown]";
    }
}
