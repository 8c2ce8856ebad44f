package dev.agentws.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts final values into a block's start JSON without touching any other byte of it: what an upstream sent goes back as it came.
 * Not thread-safe; made for one block.
 */
final class BlockFields {
    private static final JsonFactory JSON = new JsonFactory();

    private final byte[] start;
    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private final Map<String, Integer> offsets = new LinkedHashMap<>();

    BlockFields(byte[] start) {
        this.start = start;
    }

    /** Sets a field of the outermost object; {@code value} is JSON. */
    BlockFields set(String field, byte[] value) {
        values.put(field, value);
        return this;
    }

    /** Where the value of {@code field} begins in what {@link #json()} returned. */
    int offsetOf(String field) {
        return offsets.getOrDefault(field, 0);
    }

    /** @throws IOException if the start JSON is no object */
    byte[] json() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(start.length + 256);
        int copied = 0;
        Map<String, byte[]> missing = new LinkedHashMap<>(values);
        boolean empty = true;
        int end;
        try (JsonParser parser = JSON.createParser(start)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("content block: not an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                empty = false;
                byte[] value = missing.remove(parser.currentName());
                String name = parser.currentName();
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                parser.finishToken();
                int to = (int) parser.currentLocation().getByteOffset();
                if (value != null) {
                    out.write(start, copied, from - copied);
                    offsets.put(name, out.size());
                    out.write(value);
                    copied = to;
                }
            }
            end = (int) parser.currentTokenLocation().getByteOffset();
        }
        out.write(start, copied, end - copied);
        for (Map.Entry<String, byte[]> each : missing.entrySet()) {
            if (!empty) {
                out.write(',');
            }
            empty = false;
            out.write('"');
            out.write(each.getKey().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            out.write('"');
            out.write(':');
            offsets.put(each.getKey(), out.size());
            out.write(each.getValue());
        }
        out.write(start, end, start.length - end);
        return out.toByteArray();
    }
}
