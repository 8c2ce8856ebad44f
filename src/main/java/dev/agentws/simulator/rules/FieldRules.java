package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.MessageJson;
import dev.agentws.simulator.api.TokenCount;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for the fields at the top of the body. */
final class FieldRules {
    private static final Set<String> SAMPLING = Set.of("temperature", "top_p", "top_k");
    private static final Set<String> KNOWN = Set.of(
            "model",
            "messages",
            "system",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "output_format",
            "cache_control",
            "metadata",
            "stop_sequences",
            "service_tier",
            "speed",
            "inference_geo",
            "container",
            "diagnostics",
            "temperature",
            "top_p",
            "top_k",
            "max_tokens",
            "stream");
    private static final Map<String, List<String>> NEED_BETA = Map.of(
            "context_management", List.of("context-management-", "compact-2026-01-12"),
            "compaction", List.of("compact-2026-09-04"),
            "mcp_servers", List.of("mcp-client-"),
            "thread", List.of("message-threads-"),
            "fallbacks", List.of("server-side-fallback-"));
    private static final int MAX_MESSAGES = 100_000;

    static final List<Rule> ALL = List.of(
            FieldRules::object,
            FieldRules::required,
            FieldRules::unknownFields,
            FieldRules::types,
            FieldRules::lists,
            FieldRules::model,
            FieldRules::maxTokens,
            FieldRules::messageCount,
            FieldRules::sampling,
            FieldRules::choices,
            FieldRules::stopSequences,
            FieldRules::system,
            FieldRules::promptLength);

    private FieldRules() {}

    private static @Nullable ApiError object(ApiRequest request) {
        return request.body().isObject() ? null : ApiError.invalid("Input should be a valid dictionary");
    }

    private static @Nullable ApiError required(ApiRequest request) {
        for (String name : List.of("model", "max_tokens", "messages")) {
            boolean needed = !(request.counting() && name.equals("max_tokens"));
            if (needed && !request.body().has(name)) {
                return ApiError.invalid(name + ": Field required");
            }
        }
        return null;
    }

    private static @Nullable ApiError unknownFields(ApiRequest request) {
        for (Iterator<String> names = request.body().fieldNames(); names.hasNext(); ) {
            String name = names.next();
            boolean known = KNOWN.contains(name)
                    || NEED_BETA.getOrDefault(name, List.of()).stream().anyMatch(request::beta);
            boolean removed = SAMPLING.contains(name) && request.atLeast("2026-10-21");
            boolean onlyForAnswers = request.counting() && (name.equals("max_tokens") || name.equals("stream"));
            if (!known || removed || onlyForAnswers) {
                return ApiError.invalid(name + ": Extra inputs are not permitted");
            }
        }
        return null;
    }

    private static @Nullable ApiError types(ApiRequest request) {
        if (!request.field("model").isTextual()) {
            return ApiError.invalid("model: Input should be a valid string");
        }
        if (!request.counting() && !request.field("max_tokens").isIntegralNumber()) {
            return ApiError.invalid("max_tokens: Input should be a valid integer");
        }
        if (!request.messages().isArray()) {
            return ApiError.invalid("messages: Input should be a valid list");
        }
        if (request.body().has("stream") && !request.field("stream").isBoolean()) {
            return ApiError.invalid("stream: Input should be a valid boolean");
        }
        return null;
    }

    private static @Nullable ApiError lists(ApiRequest request) {
        for (String name : List.of("tools", "stop_sequences")) {
            if (request.body().hasNonNull(name) && !request.field(name).isArray()) {
                return ApiError.invalid(name + ": Input should be a valid list");
            }
        }
        for (Iterator<String> names = request.field("metadata").fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals("user_id")) {
                return ApiError.invalid("metadata." + name + ": Extra inputs are not permitted");
            }
        }
        return null;
    }

    private static @Nullable ApiError model(ApiRequest request) {
        return request.model().known()
                ? null
                : new ApiError(
                        404, "not_found_error", "model: " + request.model().id());
    }

    private static @Nullable ApiError maxTokens(ApiRequest request) {
        if (request.counting()) {
            return null;
        }
        long asked = request.field("max_tokens").asLong();
        int most = request.model().maxOutput();
        if (asked < 0) {
            return ApiError.invalid("max_tokens: Input should be greater than or equal to 0");
        }
        return asked <= most
                ? null
                : ApiError.invalid("max_tokens: " + asked + " > " + most
                        + ", which is the maximum allowed number of output tokens for "
                        + request.model().id());
    }

    private static @Nullable ApiError messageCount(ApiRequest request) {
        int count = request.messages().size();
        if (count == 0) {
            return ApiError.invalid("messages: at least one message is required");
        }
        return count <= MAX_MESSAGES
                ? null
                : ApiError.invalid(
                        "messages: List should have at most " + MAX_MESSAGES + " items after validation, not " + count);
    }

    private static @Nullable ApiError sampling(ApiRequest request) {
        double temperature = request.field("temperature").asDouble(1);
        if (temperature < 0 || temperature > 1) {
            return ApiError.invalid("temperature: range: 0..1");
        }
        if (request.model().sampling()) {
            return null;
        }
        for (String name : List.of("temperature", "top_p", "top_k")) {
            boolean byDefault = !name.equals("top_k") && request.field(name).asDouble(1) == 1;
            if (request.body().hasNonNull(name) && !byDefault) {
                return ApiError.invalid("`" + name + "` is deprecated for this model.");
            }
        }
        return null;
    }

    private static @Nullable ApiError choices(ApiRequest request) {
        ApiError tier = choice(request.field("service_tier"), "service_tier", List.of("auto", "standard_only"));
        return tier != null ? tier : choice(request.field("speed"), "speed", List.of("standard", "fast"));
    }

    /** The API's words for a value that is not one of a few. */
    static @Nullable ApiError choice(JsonNode value, String name, List<String> allowed) {
        if (value.isMissingNode() || value.isNull() || allowed.contains(value.asText())) {
            return null;
        }
        String last = "'" + allowed.get(allowed.size() - 1) + "'";
        String others = String.join("', '", allowed.subList(0, allowed.size() - 1));
        return ApiError.invalid(name + ": Input should be '" + others + "' or " + last);
    }

    private static @Nullable ApiError stopSequences(ApiRequest request) {
        for (JsonNode sequence : request.field("stop_sequences")) {
            if (!sequence.isTextual()) {
                return ApiError.invalid("stop_sequences: Input should be a valid list of strings");
            }
            if (sequence.textValue().isBlank()) {
                return ApiError.invalid("stop_sequences: each stop sequence must contain non-whitespace");
            }
        }
        return null;
    }

    private static @Nullable ApiError system(ApiRequest request) {
        JsonNode system = request.field("system");
        if (!system.isArray()) {
            boolean fits = system.isMissingNode() || system.isTextual();
            return fits ? null : ApiError.invalid("system: Input should be a valid string or list");
        }
        for (int i = 0; i < system.size(); i++) {
            if (!MessageJson.is(system.get(i), "text")) {
                return ApiError.invalid("system." + i + ".type: Input should be 'text'");
            }
            if (system.get(i).path("text").asText().isEmpty()) {
                return ApiError.invalid("system: text content blocks must be non-empty");
            }
        }
        return null;
    }

    private static @Nullable ApiError promptLength(ApiRequest request) {
        long tokens = TokenCount.ofRequest(request.body(), request.model());
        int most = request.model().contextTokens();
        return tokens <= most
                ? null
                : ApiError.invalid("prompt is too long: " + tokens + " tokens > " + most + " maximum");
    }
}
