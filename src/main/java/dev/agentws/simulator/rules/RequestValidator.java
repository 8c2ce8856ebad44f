package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.ModelInfo;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses what the API refuses, in its words and order: headers, then fields, then what they mean together. */
public final class RequestValidator {
    private static final List<Rule> RULES = rules();

    private RequestValidator() {}

    private static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        rules.addAll(FieldRules.ALL);
        rules.addAll(BlockRules.ALL);
        rules.addAll(CompactionRules.ALL);
        rules.addAll(ToolRules.ALL);
        rules.addAll(ThinkingRules.ALL);
        rules.addAll(CacheRules.ALL);
        rules.addAll(ConversationRules.ALL);
        return List.copyOf(rules);
    }

    /** Checks a body under headers that {@link HeaderRules} has passed. */
    public static @Nullable ApiError check(HttpHeaders headers, JsonNode body, boolean counting) {
        ApiRequest request = new ApiRequest(
                body,
                ModelInfo.of(body.path("model").asText()),
                headers.get("anthropic-version", ""),
                HeaderRules.betas(headers),
                counting);
        for (Rule rule : RULES) {
            ApiError error = rule.check(request);
            if (error != null) {
                return error;
            }
        }
        return null;
    }
}
