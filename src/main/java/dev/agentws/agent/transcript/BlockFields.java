package dev.agentws.agent.transcript;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.agentws.agent.event.EscapedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts final values into a block's start JSON without touching any other byte of it: what an upstream sent goes back as it came. The
 * result is written once, into an array of just its size, because a long text makes it large. Made for one block.
 */
final class BlockFields {
    private static final JsonFactory JSON = new JsonFactory();

    private final byte[] start;
    private final List<Field> fields = new ArrayList<>(3);

    /** A value to put in; {@code from} and {@code to} are its place in the start JSON, -1 while it has none. */
    private static final class Field {
        final String name;
        final byte @Nullable [] json;
        final @Nullable EscapedText text;
        int from = -1;
        int to;
        int offset;

        Field(String name, byte @Nullable [] json, @Nullable EscapedText text) {
            this.name = name;
            this.json = json;
            this.text = text;
        }

        int length() {
            return json != null ? json.length : text != null ? text.length() + 2 : 0;
        }

        int write(byte[] out, int at) {
            offset = at;
            if (json != null) {
                System.arraycopy(json, 0, out, at, json.length);
            } else if (text != null) {
                out[at] = '"';
                text.copyTo(out, at + 1);
                out[at + 1 + text.length()] = '"';
            }
            return at + length();
        }
    }

    BlockFields(byte[] start) {
        this.start = start;
    }

    /** Sets a field of the outermost object; {@code value} is JSON. */
    void set(String name, byte[] value) {
        fields.add(new Field(name, value, null));
    }

    /** Sets a field to a string. */
    void set(String name, EscapedText text) {
        fields.add(new Field(name, null, text));
    }

    /** Where the value of the field begins in what {@link #json()} returned. */
    int offsetOf(String name) {
        for (Field field : fields) {
            if (field.name.equals(name)) {
                return field.offset;
            }
        }
        throw new IllegalArgumentException("field: " + name + " (expected: one that was set)");
    }

    /** @throws IOException if the start JSON is no object */
    byte[] json() throws IOException {
        boolean[] empty = {true};
        int end = locate(empty);
        int size = start.length;
        for (Field field : fields) {
            size += field.length() - (field.from < 0 ? 0 : field.to - field.from);
            size += field.from < 0 ? field.name.length() + 4 : 0;
        }
        byte[] out = new byte[size];
        int copied = 0;
        int at = 0;
        fields.sort((a, b) -> Integer.compare(a.from, b.from));
        for (Field field : fields) {
            if (field.from >= 0) {
                at = copy(copied, field.from, out, at);
                at = field.write(out, at);
                copied = field.to;
            }
        }
        at = copy(copied, end, out, at);
        at = append(out, at, empty[0]);
        at = copy(end, start.length, out, at);
        return at == size ? out : java.util.Arrays.copyOf(out, at);
    }

    private int copy(int from, int to, byte[] out, int at) {
        System.arraycopy(start, from, out, at, to - from);
        return at + to - from;
    }

    /** The fields that the start JSON does not have; their names are plain ASCII. */
    private int append(byte[] out, int from, boolean first) {
        int at = from;
        boolean comma = !first;
        for (Field field : fields) {
            if (field.from < 0) {
                String head = (comma ? "," : "") + "\"" + field.name + "\":";
                byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(bytes, 0, out, at, bytes.length);
                at = field.write(out, at + bytes.length);
                comma = true;
            }
        }
        return at;
    }

    /** Finds the values to replace; returns where the object's last brace is. */
    private int locate(boolean[] empty) throws IOException {
        try (JsonParser parser = JSON.createParser(start)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("content block: not an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                empty[0] = false;
                Field field = named(parser.currentName());
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                parser.finishToken();
                if (field != null) {
                    field.from = from;
                    field.to = (int) parser.currentLocation().getByteOffset();
                }
            }
            return (int) parser.currentTokenLocation().getByteOffset();
        }
    }

    private @Nullable Field named(String name) {
        for (Field field : fields) {
            if (field.name.equals(name)) {
                return field;
            }
        }
        return null;
    }
}
