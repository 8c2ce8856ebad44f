package dev.agentws.anthropic.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Where the transcript is marked for the prompt cache: at the end of the last user message, so that the next call finds all of this one,
 * and at the end of the one before, where the call before left its entry. With the mark on the system prompt or the tools that makes
 * three of the four that the API allows. Immutable.
 */
final class CachePlan {
    private static final int MARKED_MESSAGES = 2;
    private static final byte[] MARK =
            "\"cache_control\":{\"type\":\"ephemeral\"}}".getBytes(StandardCharsets.US_ASCII);

    /** For each message the block that is marked, or -1. A position, because the same block may stand in several messages. */
    private final int[] marked;

    CachePlan(List<Message> messages) throws IOException {
        marked = new int[messages.size()];
        Arrays.fill(marked, -1);
        int left = MARKED_MESSAGES;
        for (int i = messages.size() - 1; i >= 0 && left > 0; i--) {
            Message message = messages.get(i);
            if (message.role() == Message.Role.USER) {
                left--;
                marked[i] = lastThatTakesMark(message.blocks());
            }
        }
    }

    /** The bytes of a block of the message at that place, as they go out. */
    byte[] bytes(int message, int place, Block block) {
        return marked[message] == place ? withMark(block.json()) : block.json();
    }

    private static int lastThatTakesMark(List<Block> blocks) throws IOException {
        int last = blocks.size() - 1;
        while (last >= 0 && !takesMark(blocks.get(last))) {
            last--;
        }
        return last;
    }

    private static boolean takesMark(Block block) throws IOException {
        return switch (block.kind()) {
            case THINKING, REDACTED_THINKING -> false;
            case TEXT -> hasText(block.json());
            case TOOL_USE, TOOL_RESULT, COMPACTION, OTHER -> block.json().length > 2;
        };
    }

    private static boolean hasText(byte[] json) throws IOException {
        try (JsonParser parser = RequestJson.JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean text = parser.currentName().equals("text");
                if (parser.nextToken() == JsonToken.VALUE_STRING && text) {
                    return !parser.getText().isBlank();
                }
                parser.skipChildren();
            }
        }
        return false;
    }

    private static byte[] withMark(byte[] json) {
        int brace = json.length - 1;
        while (json[brace] != '}') {
            brace--;
        }
        byte[] out = Arrays.copyOf(json, brace + 1 + MARK.length);
        out[brace] = ',';
        System.arraycopy(MARK, 0, out, brace + 1, MARK.length);
        return out;
    }
}
