package dev.agentws.agent.transcript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A conversation as plain text of bounded length, for a model that could not take the whole. The beginning and the newest parts are
 * kept; long texts lose their middle, and what is no text is only named.
 */
final class TranscriptDigest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MOST_OF_A_BLOCK = 4000;
    private static final String LEFT_OUT = "\n[... left out ...]\n";

    private TranscriptDigest() {}

    /** @param maxCharacters about how long the text may be */
    static String of(List<Message> messages, long maxCharacters) {
        String first = messages.isEmpty() ? "" : show(messages.get(0));
        long left = maxCharacters - first.length();
        Deque<String> newest = new ArrayDeque<>();
        int i = messages.size() - 1;
        for (; i > 0; i--) {
            String shown = show(messages.get(i));
            if (left < shown.length()) {
                break;
            }
            left -= shown.length();
            newest.addFirst(shown);
        }
        return first + (i > 0 ? LEFT_OUT : "") + String.join("", newest);
    }

    private static String show(Message message) {
        StringBuilder text = new StringBuilder();
        for (Block block : message.blocks()) {
            text.append(show(message.role().wireName(), block)).append("\n\n");
        }
        return text.toString();
    }

    private static String show(String role, Block block) {
        JsonNode json;
        try {
            json = MAPPER.readTree(block.json());
        } catch (IOException e) {
            return role + ": [unreadable]";
        }
        switch (block.kind()) {
            case TEXT:
                return role + ": " + cut(json.path("text").asText());
            case TOOL_USE:
                return role + " called " + json.path("name").asText() + ": "
                        + cut(json.path("input").toString());
            case TOOL_RESULT:
                String what = json.path("is_error").asBoolean() ? "the call failed: " : "the call gave: ";
                return what + cut(result(json.path("content")));
            case THINKING:
            case REDACTED_THINKING:
                return role + " [thought]";
            case COMPACTION:
                return "summary of what came before: " + json.path("content").asText();
            default:
                return role + ": [" + json.path("type").asText() + "]";
        }
    }

    private static String result(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            JsonNode words = part.get("text");
            text.append(words == null ? "[" + part.path("type").asText() + "]" : words.asText());
        }
        return text.toString();
    }

    private static String cut(String text) {
        if (text.length() <= MOST_OF_A_BLOCK) {
            return text;
        }
        int half = MOST_OF_A_BLOCK / 2;
        return text.substring(0, half) + LEFT_OUT + text.substring(text.length() - half);
    }
}
