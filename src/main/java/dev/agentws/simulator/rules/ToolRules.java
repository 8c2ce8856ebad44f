package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.MessageJson;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for {@code tools} and {@code tool_choice}. */
final class ToolRules {
    private static final String NAME = "^[a-zA-Z0-9_-]{1,128}$";
    private static final Set<String> CUSTOM_FIELDS = Set.of(
            "name",
            "description",
            "input_schema",
            "type",
            "cache_control",
            "strict",
            "defer_loading",
            "eager_input_streaming",
            "allowed_callers",
            "input_examples");
    private static final Set<String> VERSIONED = Set.of(
            "bash_20250124",
            "text_editor_20250124",
            "text_editor_20250429",
            "text_editor_20250728",
            "memory_20250818",
            "web_search_20250305",
            "web_search_20260209",
            "web_search_20260318",
            "web_fetch_20250910",
            "web_fetch_20260209",
            "web_fetch_20260309",
            "web_fetch_20260318",
            "code_execution_20250522",
            "code_execution_20250825",
            "code_execution_20260120",
            "code_execution_20260521",
            "tool_search_tool_regex_20251119",
            "tool_search_tool_bm25_20251119",
            "browser_toolset_20260801",
            "computer_toolset_20260801",
            "computer_20250124",
            "computer_20251124",
            "advisor_20260301",
            "mcp_toolset");

    static final List<Rule> ALL = List.of(ToolRules::tools, ToolRules::choice);

    private ToolRules() {}

    private static @Nullable ApiError tools(ApiRequest request) {
        Set<String> names = new HashSet<>();
        JsonNode tools = request.field("tools");
        for (int i = 0; i < tools.size(); i++) {
            ApiError error = tool(tools.get(i), "tools." + i);
            if (error != null) {
                return error;
            }
            String name = tools.get(i).path("name").asText("");
            if (!name.isEmpty() && !names.add(name)) {
                return ApiError.invalid("tools: Tool names must be unique.");
            }
        }
        return null;
    }

    private static @Nullable ApiError tool(JsonNode tool, String at) {
        String type = tool.path("type").asText("custom");
        if (VERSIONED.contains(type)) {
            return null;
        }
        if (!type.equals("custom") && !tool.path("type").isNull()) {
            return ApiError.invalid(
                    at + ": Input tag '" + type + "' found using 'type' does not match any of the expected tags");
        }
        String in = at + ".custom.";
        for (String field : List.of("name", "input_schema")) {
            if (!tool.has(field)) {
                return ApiError.invalid(in + field + ": Field required");
            }
        }
        for (Iterator<String> names = tool.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!CUSTOM_FIELDS.contains(name)) {
                return ApiError.invalid(in + name + ": Extra inputs are not permitted");
            }
        }
        if (!tool.path("name").asText().matches(NAME)) {
            return ApiError.invalid(in + "name: String should match pattern '" + NAME + "'");
        }
        return MessageJson.is(tool.path("input_schema"), "object")
                ? null
                : ApiError.invalid(in + "input_schema.type: Input should be 'object'");
    }

    private static @Nullable ApiError choice(ApiRequest request) {
        JsonNode choice = request.field("tool_choice");
        if (choice.isMissingNode() || choice.isNull()) {
            return null;
        }
        String type = choice.path("type").asText();
        if (!List.of("auto", "any", "tool", "none").contains(type)) {
            return ApiError.invalid("tool_choice: Input tag '" + type
                    + "' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'");
        }
        if (type.equals("none") && choice.has("disable_parallel_tool_use")) {
            return ApiError.invalid("tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted");
        }
        if (request.field("tools").isEmpty() && !type.equals("none")) {
            return ApiError.invalid("tool_choice may only be specified while providing tools.");
        }
        return type.equals("any") || type.equals("tool") ? forced(request, choice, type) : null;
    }

    private static @Nullable ApiError forced(ApiRequest request, JsonNode choice, String type) {
        if (!request.model().forcedTools()) {
            return ApiError.invalid("tool_choice: type \"tool\" and \"any\" are not supported for this model.");
        }
        String thinking = request.field("thinking").path("type").asText();
        if (thinking.equals("enabled") || thinking.equals("adaptive")) {
            return ApiError.invalid("Thinking may not be enabled when tool_choice forces tool use.");
        }
        if (type.equals("any")) {
            return null;
        }
        if (!choice.has("name")) {
            return ApiError.invalid("tool_choice.tool.name: Field required");
        }
        String name = choice.path("name").asText();
        for (JsonNode tool : request.field("tools")) {
            if (tool.path("name").asText().equals(name)) {
                return null;
            }
        }
        return ApiError.invalid("Tool '" + name + "' not found in provided tools");
    }
}
