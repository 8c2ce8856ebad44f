package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Sees to it that each tool call of a message has an id of its own: results are matched by it, and the API refuses a transcript with
 * doubles. Only an id that is missing or taken is written anew; the other bytes of the block stay. Confined to one thread.
 */
final class ToolIds {
    private static final int MAX_MESSAGE_ID = 64;

    private final Set<String> taken = new HashSet<>();

    byte[] own(BlockHead head, String messageId) {
        String wanted = head.id();
        if (wanted != null && !wanted.isEmpty() && taken.add(wanted)) {
            return head.json();
        }
        String base = wanted == null || wanted.isEmpty() ? invented(messageId) : wanted;
        String id = base;
        for (int n = 2; !taken.add(id); n++) {
            id = base + "_" + n;
        }
        return withId(head, id);
    }

    /** The same for a call that was never announced: a block with an id and no name. */
    byte[] unannounced(String messageId) {
        byte[] json = "{\"type\":\"tool_use\",\"name\":\"\",\"input\":{}}".getBytes(StandardCharsets.US_ASCII);
        return own(new BlockHead(json, "tool_use", null, null), messageId);
    }

    private static String invented(String messageId) {
        StringBuilder id = new StringBuilder("toolu_");
        for (int i = 0; i < Math.min(messageId.length(), MAX_MESSAGE_ID); i++) {
            char c = messageId.charAt(i);
            boolean plain = c < 0x80 && Character.isLetterOrDigit(c);
            id.append(plain ? c : '_');
        }
        return id.toString();
    }

    private static byte[] withId(BlockHead head, String id) {
        byte[] json = head.json();
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + id.length() + 8);
        byte[] quoted = quoted(id);
        Span token = head.idToken();
        if (token == null) {
            // the block has a type at least, so a comma is always right
            out.writeBytes("{\"id\":".getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(quoted);
            out.write(',');
            out.write(json, 1, json.length - 1);
        } else {
            out.write(json, 0, token.start());
            out.writeBytes(quoted);
            out.write(json, token.end(), json.length - token.end());
        }
        return out.toByteArray();
    }

    private static byte[] quoted(String id) {
        return ('"' + new String(JsonStringEncoder.getInstance().quoteAsString(id)) + '"')
                .getBytes(StandardCharsets.UTF_8);
    }
}
