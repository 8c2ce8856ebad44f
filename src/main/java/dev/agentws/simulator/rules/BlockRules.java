package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.MessageJson;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for single messages and single blocks. */
final class BlockRules {
    /** Kinds whose every field is known here; of all others only the kind is checked. */
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "text", Set.of("type", "text", "cache_control", "citations"),
            "tool_use", Set.of("type", "id", "name", "input", "cache_control", "caller", "toolset_name"),
            "tool_result", Set.of("type", "tool_use_id", "content", "is_error", "cache_control", "toolset_name"),
            "thinking", Set.of("type", "thinking", "signature"),
            "redacted_thinking", Set.of("type", "data"));

    private static final Map<String, List<String>> REQUIRED = Map.of(
            "text", List.of("text"),
            "tool_use", List.of("id", "name", "input"),
            "tool_result", List.of("tool_use_id"),
            "thinking", List.of("thinking", "signature"),
            "redacted_thinking", List.of("data"),
            "image", List.of("source"),
            "document", List.of("source"));

    private static final List<String> KINDS = List.of(
            "text",
            "image",
            "document",
            "search_result",
            "thinking",
            "redacted_thinking",
            "tool_use",
            "tool_result",
            "server_tool_use",
            "web_search_tool_result",
            "web_fetch_tool_result",
            "code_execution_tool_result",
            "bash_code_execution_tool_result",
            "text_editor_code_execution_tool_result",
            "tool_search_tool_result",
            "container_upload",
            "compaction",
            "fallback",
            "mcp_tool_use",
            "mcp_tool_result",
            "mcp_tool_listing",
            "advisor_tool_result",
            "tool_addition",
            "tool_removal");

    private static final Set<String> ONLY_ASSISTANT =
            Set.of("tool_use", "thinking", "redacted_thinking", "server_tool_use", "compaction");

    static final List<Rule> ALL = List.of(BlockRules::messages, BlockRules::blocks);

    private BlockRules() {}

    private static @Nullable ApiError messages(ApiRequest request) {
        for (int i = 0; i < request.messages().size(); i++) {
            JsonNode message = request.messages().get(i);
            String at = "messages." + i;
            ApiError error = message(message, at, request);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private static @Nullable ApiError message(JsonNode message, String at, ApiRequest request) {
        if (!message.isObject()) {
            return ApiError.invalid(at + ": Input should be a valid dictionary");
        }
        for (String field : List.of("role", "content")) {
            if (!message.has(field)) {
                return ApiError.invalid(at + "." + field + ": Field required");
            }
        }
        for (Iterator<String> names = message.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals("role") && !name.equals("content")) {
                return ApiError.invalid(at + "." + name + ": Extra inputs are not permitted");
            }
        }
        ApiError role = FieldRules.choice(message.path("role"), at + ".role", List.of("user", "assistant", "system"));
        if (role != null) {
            return role;
        }
        if (MessageJson.from(message, "system")
                && (at.equals("messages.0") || !request.model().systemMessages())) {
            return ApiError.invalid(
                    "messages: Unexpected role \"system\". The Messages API accepts a top-level `system`"
                            + " parameter, not \"system\" as an input message role.");
        }
        JsonNode content = message.path("content");
        if (!content.isTextual() && !content.isArray()) {
            return ApiError.invalid(at + ".content: Input should be a valid string or list");
        }
        return content.isTextual() ? text(content) : content.isEmpty() ? emptyContent(at) : null;
    }

    private static @Nullable ApiError text(JsonNode content) {
        return content.textValue().isEmpty()
                ? ApiError.invalid("messages: text content blocks must be non-empty")
                : null;
    }

    private static ApiError emptyContent(String at) {
        return ApiError.invalid(
                at + ": all messages must have non-empty content except for the optional final assistant message");
    }

    private static @Nullable ApiError blocks(ApiRequest request) {
        for (int i = 0; i < request.messages().size(); i++) {
            JsonNode message = request.messages().get(i);
            List<JsonNode> blocks = MessageJson.blocks(message);
            for (int j = 0; j < blocks.size(); j++) {
                ApiError error = block(blocks.get(j), "messages." + i + ".content." + j);
                if (error == null) {
                    error = place(blocks.get(j), message, i, request);
                }
                if (error != null) {
                    return error;
                }
            }
        }
        return null;
    }

    private static @Nullable ApiError block(JsonNode block, String at) {
        String kind = block.path("type").asText();
        if (!KINDS.contains(kind)) {
            return ApiError.invalid(at + ": Input tag '" + kind
                    + "' found using 'type' does not match any of the expected tags: '"
                    + String.join("', '", KINDS) + "'");
        }
        String in = at + "." + kind;
        for (String field : REQUIRED.getOrDefault(kind, List.of())) {
            if (!block.has(field)) {
                return ApiError.invalid(in + "." + field + ": Field required");
            }
        }
        Set<String> known = FIELDS.get(kind);
        for (String name : fieldNames(block)) {
            if (known != null && !known.contains(name)) {
                return ApiError.invalid(in + "." + name + ": Extra inputs are not permitted");
            }
        }
        if (kind.equals("tool_use") && !block.path("input").isObject()) {
            return ApiError.invalid(in + ".input: Input should be a valid dictionary");
        }
        if (kind.equals("tool_use") && !block.path("id").asText().matches("[a-zA-Z0-9_-]+")) {
            return ApiError.invalid(in + ".id: String should match pattern '^[a-zA-Z0-9_-]+$'");
        }
        boolean emptyText = kind.equals("text") && block.path("text").asText().isEmpty();
        return emptyText ? ApiError.invalid("messages: text content blocks must be non-empty") : null;
    }

    private static List<String> fieldNames(JsonNode block) {
        List<String> names = new ArrayList<>();
        block.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static @Nullable ApiError place(JsonNode block, JsonNode message, int index, ApiRequest request) {
        String kind = block.path("type").asText();
        boolean assistant = MessageJson.from(message, "assistant");
        if (ONLY_ASSISTANT.contains(kind) && !assistant) {
            return ApiError.invalid(
                    "messages." + index + ": `" + kind + "` blocks can only be in `assistant` messages");
        }
        if (kind.equals("tool_result") && !MessageJson.from(message, "user")) {
            return ApiError.invalid("messages." + index + ": `tool_result` blocks can only be in `user` messages");
        }
        if (!request.atLeast("2026-10-21")) {
            return null;
        }
        if (kind.equals("document") && assistant) {
            return ApiError.invalid("messages." + index + ": `document` blocks can only be in `user` messages");
        }
        boolean citing = kind.equals("text") && !block.path("citations").isEmpty();
        return citing && !assistant
                ? ApiError.invalid(
                        "messages." + index + ": `citations` are only allowed in text blocks of `assistant` messages")
                : null;
    }
}
