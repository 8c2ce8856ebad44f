package dev.agentws.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.Set;

/**
 * Halves of a surrogate pair in JSON strings, which only an escape such as {@code \ud800} can bring in. They cannot be written as UTF-8,
 * so they would break the request to the model later; they become U+FFFD, as UTF-8 decoders do.
 */
final class LoneSurrogates {
    private static final Set<String> IDS =
            Set.of("session_id", "new_session_id", "prompt_id", "request_id", "permission_id");

    private LoneSurrogates() {}

    /** Whether the bytes hold an escape of a surrogate; nearly no message does, and a base64 image is passed over at scan speed. */
    static boolean mayOccur(ByteBuf json) {
        int end = json.writerIndex();
        int at = json.readerIndex();
        while ((at = json.indexOf(at, end, (byte) '\\')) >= 0) {
            if (at + 2 < end && json.getByte(at + 1) == 'u' && (json.getByte(at + 2) | 0x20) == 'd') {
                return true;
            }
            at += 2;
            if (at >= end) {
                return false;
            }
        }
        return false;
    }

    /**
     * Replaces them in every value below, except where they stand in an id: two ids must not become one. In names the parser refuses
     * them. The depth is bounded by the reader.
     */
    static void replaceInMessage(ObjectNode message) {
        replaceInObject(message, IDS);
    }

    private static void replaceIn(JsonNode container) {
        if (container instanceof ObjectNode object) {
            replaceInObject(object, Set.of());
        } else if (container instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode value = array.get(i);
                if (value.isTextual() && lone(value.textValue())) {
                    array.set(i, TextNode.valueOf(replaced(value.textValue())));
                } else {
                    replaceIn(value);
                }
            }
        }
    }

    private static void replaceInObject(ObjectNode object, Set<String> except) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode value = field.getValue();
            if (except.contains(field.getKey()) && value.isTextual()) {
                continue;
            }
            if (value.isTextual() && lone(value.textValue())) {
                field.setValue(TextNode.valueOf(replaced(value.textValue())));
            } else {
                replaceIn(value);
            }
        }
    }

    private static boolean lone(String text) {
        return text.codePoints().anyMatch(LoneSurrogates::isSurrogate);
    }

    private static String replaced(String text) {
        StringBuilder mended = new StringBuilder(text.length());
        text.codePoints().forEach(point -> mended.appendCodePoint(isSurrogate(point) ? 0xFFFD : point));
        return mended.toString();
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
