package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ModelInfo;
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
}
