package dev.agentws.simulator.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * How events are laid out as bytes.
 *
 * @param crlf whether lines end in CRLF, not in LF as the API's do
 * @param eventLines whether {@code event:} lines are sent
 * @param singleBytes whether each byte travels in an HTTP chunk of its own
 */
public record Framing(boolean crlf, boolean eventLines, boolean singleBytes) {
    public static final Framing REAL = new Framing(false, true, false);

    public String lineEnd() {
        return crlf ? "\r\n" : "\n";
    }

    /** All of an event that stands before its JSON. */
    public String opening(String name) {
        return eventLines ? "event: " + name + lineEnd() + "data: " : "data: ";
    }

    /** Appends one event; the spaces go before the last brace of the JSON. */
    public void append(ByteBuf out, String name, String json, int spaces) {
        out.writeCharSequence(opening(name), StandardCharsets.UTF_8);
        if (spaces == 0 || !json.endsWith("}")) {
            out.writeCharSequence(json, StandardCharsets.UTF_8);
        } else {
            out.writeCharSequence(json.substring(0, json.length() - 1), StandardCharsets.UTF_8);
            out.writeCharSequence(" ".repeat(spaces), StandardCharsets.US_ASCII);
            out.writeByte('}');
        }
        out.writeCharSequence(lineEnd() + lineEnd(), StandardCharsets.US_ASCII);
    }
}
