package dev.agentws.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import java.io.IOException;

/** Messages as the conventions for generative AI write them into spans. */
final class TraceText {
    /** Characters after which a text is cut: collectors refuse what is much larger. */
    static final int MOST = 32 * 1024;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TraceText() {}

    static String cut(String text) {
        return text.length() <= MOST ? text : text.substring(0, MOST) + " ...";
    }

    /** One message, as the only one of a list. */
    static String of(Message message) {
        ArrayNode messages = MAPPER.createArrayNode();
        ObjectNode only = messages.addObject().put("role", message.role().wireName());
        ArrayNode parts = only.putArray("parts");
        for (Block block : message.blocks()) {
            part(parts.addObject(), block);
        }
        return messages.toString();
    }

    private static void part(ObjectNode part, Block block) {
        JsonNode json;
        try {
            json = MAPPER.readTree(block.json());
        } catch (IOException e) {
            part.put("type", "unreadable");
            return;
        }
        String type = json.path("type").asText();
        switch (type) {
            case "text" ->
                part.put("type", "text").put("content", cut(json.path("text").asText()));
            case "tool_result" ->
                part.put("type", "tool_call_response")
                        .put("id", json.path("tool_use_id").asText())
                        .put("response", cut(json.path("content").toString()));
            default -> part.put("type", type);
        }
    }

    /** @param escaped the text as the inside of a JSON string */
    static String answer(CharSequence escaped, String reason) {
        return "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"" + escaped
                + "\"}],\"finish_reason\":\"" + (reason.isEmpty() ? "error" : reason) + "\"}]";
    }
}
