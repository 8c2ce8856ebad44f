package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.agentws.agent.model.DeltaKind;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The string in the {@code delta} of an event that the recogniser did not take. It is where the recogniser would have found it, in the
 * words of the upstream and not in ours, so that nobody behind the reader can tell the two ways apart. Immutable.
 *
 * @param string its inside among the bytes of the event, still escaped
 */
record DeltaJson(DeltaKind kind, Span string) {
    private static final Span EMPTY = new Span(0, 0);

    /** Reads the delta; null if it is none of the kinds that have a string. One without its string has an empty one. */
    static @Nullable DeltaJson read(EventJson event, Span delta) throws IOException {
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
                    strings.put(ofField, insideOf(parser, delta));
                } else {
                    parser.skipChildren();
                }
            }
        }
        DeltaKind kind = type == null ? seen : kindOfType(type);
        return kind == null ? null : new DeltaJson(kind, strings.getOrDefault(kind, EMPTY));
    }

    /** Between the quotes of the string the parser stands on; it counts from the beginning of the delta. */
    private static Span insideOf(JsonParser parser, Span delta) throws IOException {
        long opening = parser.currentTokenLocation().getByteOffset();
        // it has read no further than the opening quote
        parser.finishToken();
        long behind = parser.currentLocation().getByteOffset();
        return new Span(delta.start() + (int) opening + 1, delta.start() + (int) behind - 1);
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
