package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.agentws.agent.model.BlockKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the reader itself needs of a {@code content_block}. Immutable.
 *
 * @param type as it came, or null
 * @param id as it came, or null when it is no string
 * @param idToken where its value stands in {@code json}, quotes included, or null
 */
record BlockHead(
        byte[] json,
        @Nullable String type,
        @Nullable String id,
        @Nullable Span idToken) {

    static BlockHead parse(byte[] json) throws IOException {
        String type = null;
        String id = null;
        Span idToken = null;
        try (JsonParser parser = EventJson.JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                if (field.equals("type")) {
                    type = EventJson.textOf(parser, token);
                } else if (field.equals("id")) {
                    int start = (int) parser.currentTokenLocation().getByteOffset();
                    id = EventJson.textOf(parser, token);
                    idToken = new Span(start, (int) parser.currentLocation().getByteOffset());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new BlockHead(json, type, id, idToken);
    }

    BlockKind kind() {
        return switch (type == null ? "" : type) {
            case "text" -> BlockKind.TEXT;
            case "thinking" -> BlockKind.THINKING;
            case "redacted_thinking" -> BlockKind.REDACTED_THINKING;
            case "tool_use" -> BlockKind.TOOL_USE;
            case "tool_result" -> BlockKind.TOOL_RESULT;
            case "compaction" -> BlockKind.COMPACTION;
            default -> BlockKind.OTHER;
        };
    }
}
