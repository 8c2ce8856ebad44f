package dev.agentws.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A change of a file, as the protocol tells it, in lines with their colour. */
final class DiffLines {
    /** More is told as a number; the whole change is in the file. */
    private static final int SHOWN = 40;

    record Line(Style style, String text) {}

    private DiffLines() {}

    /** Empty if the node is no change of a file. */
    static List<Line> of(JsonNode change) {
        List<Line> lines = new ArrayList<>();
        int left = 0;
        for (JsonNode hunk : change.path("structuredPatch")) {
            if (lines.size() < SHOWN) {
                lines.add(
                        new Line(Style.CYAN, "@@ line " + hunk.path("newStart").asInt()));
            }
            for (JsonNode text : hunk.path("lines")) {
                if (lines.size() < SHOWN) {
                    lines.add(line(Style.harmless(text.asText())));
                } else {
                    left++;
                }
            }
        }
        if (left > 0) {
            lines.add(new Line(Style.DIM, "… " + left + " more lines"));
        } else if (change.path("truncated").asBoolean()) {
            lines.add(new Line(Style.DIM, "… and more"));
        }
        return lines;
    }

    private static Line line(String text) {
        return new Line(text.startsWith("+") ? Style.GREEN : text.startsWith("-") ? Style.RED : Style.PLAIN, text);
    }
}
