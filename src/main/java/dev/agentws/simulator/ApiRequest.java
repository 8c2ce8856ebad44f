package dev.agentws.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the rules see of a request.
 *
 * @param counting whether only tokens are to be counted, which takes neither max_tokens nor stream
 */
record ApiRequest(JsonNode body, ModelInfo model, String version, Set<String> betas, boolean counting) {

    JsonNode field(String name) {
        return body.path(name);
    }

    JsonNode messages() {
        return body.path("messages");
    }

    /** Whether the version is the one without sampling parameters, or a later one. */
    boolean atLeast(String date) {
        return version.compareTo(date) >= 0;
    }

    boolean beta(String prefix) {
        return betas.stream().anyMatch(beta -> beta.startsWith(prefix));
    }

    static boolean is(JsonNode block, String type) {
        return block.path("type").asText().equals(type);
    }

    /** The blocks of a message; none when its content is a string. */
    static List<JsonNode> blocks(JsonNode message) {
        List<JsonNode> blocks = new ArrayList<>();
        if (message.path("content").isArray()) {
            message.path("content").forEach(blocks::add);
        }
        return blocks;
    }

    static boolean from(JsonNode message, String role) {
        return message.path("role").asText().equals(role);
    }
}
