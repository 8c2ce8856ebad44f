package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.agentws.agent.model.DeltaKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code delta} of an event that the recogniser did not take, and writes its string escaped anew, so that the listener cannot
 * tell the two ways apart. Confined to one thread.
 */
final class DeltaJson {
    private static final int KEPT_BYTES = 64 << 10;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf text;

    DeltaJson(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** A delta's string. The bytes are the reader's, and valid until it reads the next one. */
    record Piece(DeltaKind kind, ByteBuf bytes, int offset, int length) {}

    /** Reads the delta; null if it is none of the kinds that have a string. One without its string has an empty one. */
    @Nullable
    Piece read(EventJson event, Span delta) throws IOException {
        ByteBuf out = emptied();
        String type = null;
        DeltaKind seen = null;
        Map<DeltaKind, Span> strings = new EnumMap<>(DeltaKind.class);
        try (JsonParser parser = event.open(delta)) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                DeltaKind ofField = kindOfField(field);
                if (field.equals("type")) {
                    type = EventJson.textOf(parser, token);
                } else if (ofField != null && token == JsonToken.VALUE_STRING) {
                    seen = seen == null ? ofField : seen;
                    strings.put(ofField, append(parser, out));
                } else {
                    parser.skipChildren();
                }
            }
        }
        DeltaKind kind = type == null ? seen : kindOfType(type);
        if (kind == null) {
            return null;
        }
        Span string = strings.getOrDefault(kind, new Span(0, 0));
        return new Piece(kind, out, string.start(), string.end() - string.start());
    }

    void free() {
        if (text != null) {
            text.release();
            text = null;
        }
    }

    private static Span append(JsonParser parser, ByteBuf out) throws IOException {
        int start = out.writerIndex();
        Reescaped.write(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength(), out);
        return new Span(start, out.writerIndex());
    }

    private ByteBuf emptied() {
        if (text != null && text.capacity() > KEPT_BYTES) {
            free();
        }
        if (text == null) {
            text = allocator.buffer(1024);
        }
        return text.clear();
    }

    private static @Nullable DeltaKind kindOfField(String field) {
        return switch (field) {
            case "text" -> DeltaKind.TEXT;
            case "thinking" -> DeltaKind.THINKING;
            case "partial_json" -> DeltaKind.TOOL_INPUT;
            case "signature" -> DeltaKind.SIGNATURE;
            default -> null;
        };
    }

    private static @Nullable DeltaKind kindOfType(String type) {
        return switch (type) {
            case "text_delta" -> DeltaKind.TEXT;
            case "thinking_delta" -> DeltaKind.THINKING;
            case "input_json_delta" -> DeltaKind.TOOL_INPUT;
            case "signature_delta" -> DeltaKind.SIGNATURE;
            default -> null;
        };
    }
}
