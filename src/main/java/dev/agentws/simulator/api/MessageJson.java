package dev.agentws.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** How messages and their blocks are looked into. */
public final class MessageJson {
    private MessageJson() {}

    /** Whether a block, or anything else with a type, is of this one. */
    public static boolean is(JsonNode block, String type) {
        return block.path("type").asText().equals(type);
    }

    /** The blocks of a message; none when its content is a string. */
    public static List<JsonNode> blocks(JsonNode message) {
        List<JsonNode> blocks = new ArrayList<>();
        if (message.path("content").isArray()) {
            message.path("content").forEach(blocks::add);
        }
        return blocks;
    }

    /** Whether a message comes from this role. */
    public static boolean from(JsonNode message, String role) {
        return message.path("role").asText().equals(role);
    }
}
