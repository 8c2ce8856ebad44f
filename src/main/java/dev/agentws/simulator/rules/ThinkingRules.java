package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.ModelInfo;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for {@code thinking} and {@code output_config}. */
final class ThinkingRules {
    private static final int MIN_BUDGET = 1024;
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "adaptive", Set.of("type", "display", "block_binding"),
            "enabled", Set.of("type", "budget_tokens", "display", "block_binding"),
            "between_tools", Set.of("type", "display", "block_binding"),
            "disabled", Set.of("type"));

    static final List<Rule> ALL = List.of(ThinkingRules::thinking, ThinkingRules::outputConfig);

    private ThinkingRules() {}

    private static @Nullable ApiError thinking(ApiRequest request) {
        JsonNode thinking = request.field("thinking");
        if (thinking.isMissingNode() || thinking.isNull()) {
            return null;
        }
        String type = thinking.path("type").asText();
        if (!FIELDS.containsKey(type)) {
            return ApiError.invalid("thinking: Input tag '" + type + "' found using 'type' does not match any of the"
                    + " expected tags: 'adaptive', 'between_tools', 'disabled', 'enabled'");
        }
        ApiError error = fields(thinking, type, request);
        if (error == null) {
            error = supported(type, request.model());
        }
        return error == null && type.equals("enabled") ? budget(request, thinking) : error;
    }

    private static @Nullable ApiError fields(JsonNode thinking, String type, ApiRequest request) {
        for (Iterator<String> names = thinking.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            boolean known = FIELDS.getOrDefault(type, Set.of()).contains(name);
            if (!known || (name.equals("block_binding") && !request.beta("thinking-binding-controls-"))) {
                return ApiError.invalid("thinking." + type + "." + name + ": Extra inputs are not permitted");
            }
        }
        List<String> displays = request.beta("thinking-display-updates-")
                ? List.of("summarized", "omitted", "updates")
                : List.of("summarized", "omitted");
        return FieldRules.choice(thinking.path("display"), "thinking." + type + ".display", displays);
    }

    private static @Nullable ApiError supported(String type, ModelInfo model) {
        if (type.equals("enabled") && !model.budgetThinking()) {
            return ApiError.invalid("\"thinking.type.enabled\" is not supported for this model. Use"
                    + " \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.");
        }
        if (type.equals("adaptive") && !model.adaptiveThinking()) {
            return ApiError.invalid("adaptive thinking is not supported on this model");
        }
        boolean refused = (type.equals("disabled") && model.alwaysThinks())
                || (type.equals("between_tools") && !model.thinksBetweenTools());
        return refused ? ApiError.invalid("\"thinking.type." + type + "\" is not supported for this model.") : null;
    }

    private static @Nullable ApiError budget(ApiRequest request, JsonNode thinking) {
        JsonNode budget = thinking.path("budget_tokens");
        if (budget.isMissingNode()) {
            return ApiError.invalid("thinking.enabled.budget_tokens: Field required");
        }
        if (budget.asLong() < MIN_BUDGET) {
            return ApiError.invalid(
                    "thinking.enabled.budget_tokens: Input should be greater than or equal to " + MIN_BUDGET);
        }
        boolean fits = request.counting()
                || budget.asLong() < request.field("max_tokens").asLong();
        return fits
                ? null
                : ApiError.invalid("`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our"
                        + " documentation at https://docs.claude.com/en/docs/build-with-claude/"
                        + "extended-thinking#max-tokens-and-context-window-size");
    }

    private static @Nullable ApiError outputConfig(ApiRequest request) {
        JsonNode config = request.field("output_config");
        for (Iterator<String> names = config.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            boolean known = name.equals("effort")
                    || name.equals("format")
                    || (name.equals("task_budget") && request.beta("task-budgets-"));
            if (!known) {
                return ApiError.invalid("output_config." + name + ": Extra inputs are not permitted");
            }
        }
        JsonNode effort = config.path("effort");
        ApiError unknown =
                FieldRules.choice(effort, "output_config.effort", List.of("low", "medium", "high", "xhigh", "max"));
        if (unknown != null || !effort.isTextual()) {
            return unknown;
        }
        if (!request.model().effort("low")) {
            return ApiError.invalid("This model does not support the effort parameter.");
        }
        return request.model().effort(effort.textValue())
                ? null
                : ApiError.invalid("This model does not support effort level '" + effort.textValue() + "'.");
    }
}
