package dev.agentws.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * An event stream as most clients read it: lines as strings, fields as strings, the data of an event as one more. Every window ends with an
 * event, so it need not keep what is cut, which real ones must. Confined to one thread.
 */
final class PlainLines {
    private final StringBuilder data = new StringBuilder();
    private String name = "";

    /** Reads a window and returns how many characters of data were in its events. */
    int feed(ByteBuf bytes) {
        int characters = 0;
        int from = bytes.readerIndex();
        for (int end = lineEnd(bytes, from); end >= 0; end = lineEnd(bytes, from)) {
            String line = bytes.toString(from, end - from, StandardCharsets.UTF_8);
            from = end + 1;
            if (line.isEmpty()) {
                characters += event().length();
            } else {
                field(line);
            }
        }
        return characters;
    }

    private static int lineEnd(ByteBuf bytes, int from) {
        return bytes.indexOf(from, bytes.writerIndex(), (byte) '\n');
    }

    private void field(String line) {
        int colon = line.indexOf(':');
        String field = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
        switch (field) {
            case "event" -> name = value;
            case "data" -> (data.isEmpty() ? data : data.append('\n')).append(value);
            default -> {}
        }
    }

    private String event() {
        if (!name.equals("content_block_delta")) {
            throw new IllegalStateException("event: " + name + " (expected: content_block_delta)");
        }
        name = "";
        String whole = data.toString();
        data.setLength(0);
        return whole;
    }
}
