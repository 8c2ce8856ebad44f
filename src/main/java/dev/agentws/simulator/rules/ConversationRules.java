package dev.agentws.simulator.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.Compaction;
import dev.agentws.simulator.api.MessageJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for what follows what: calls and their results, the end of the conversation, signed thinking. */
final class ConversationRules {
    static final List<Rule> ALL = List.of(
            ConversationRules::firstRole,
            ConversationRules::uniqueIds,
            ConversationRules::prefill,
            ConversationRules::answeredCalls,
            ConversationRules::expectedResults,
            ConversationRules::signatures);

    private ConversationRules() {}

    private static @Nullable ApiError firstRole(ApiRequest request) {
        JsonNode first = request.messages().get(0);
        return MessageJson.from(first, "user") || Compaction.begins(first)
                ? null
                : ApiError.invalid("messages: first message must use the \"user\" role");
    }

    private static @Nullable ApiError uniqueIds(ApiRequest request) {
        Set<String> ids = new HashSet<>();
        for (JsonNode message : request.messages()) {
            for (JsonNode block : MessageJson.blocks(message)) {
                if (MessageJson.is(block, "tool_use")
                        && !ids.add(block.path("id").asText())) {
                    return ApiError.invalid("messages: `tool_use` ids must be unique");
                }
            }
        }
        return null;
    }

    /** An assistant message may end the conversation only when a server tool was at work in it, or it is but a summary. */
    private static @Nullable ApiError prefill(ApiRequest request) {
        JsonNode last = request.messages().get(request.messages().size() - 1);
        if (!MessageJson.from(last, "assistant") || paused(last)) {
            return null;
        }
        if (!request.model().prefill()) {
            return ApiError.invalid("This model does not support assistant message prefill. The conversation must end"
                    + " with a user message.");
        }
        String text = lastText(last);
        return text.isEmpty() || text.equals(text.stripTrailing())
                ? null
                : ApiError.invalid("messages: final assistant content cannot end with trailing whitespace");
    }

    private static boolean paused(JsonNode message) {
        List<JsonNode> blocks = MessageJson.blocks(message);
        String kind = blocks.isEmpty()
                ? ""
                : blocks.get(blocks.size() - 1).path("type").asText();
        return kind.equals("server_tool_use")
                || kind.equals("compaction")
                || (kind.endsWith("_tool_result") && !kind.equals("tool_result"));
    }

    private static String lastText(JsonNode message) {
        List<JsonNode> blocks = MessageJson.blocks(message);
        JsonNode content = message.path("content");
        return blocks.isEmpty()
                ? content.asText()
                : blocks.get(blocks.size() - 1).path("text").asText();
    }

    private static @Nullable ApiError answeredCalls(ApiRequest request) {
        for (int i = 0; i < request.messages().size(); i++) {
            Set<String> open = ids(request.messages().get(i), "tool_use", "id");
            open.removeAll(leadingResults(request.messages().path(i + 1)));
            if (!open.isEmpty()) {
                return ApiError.invalid("messages." + i
                        + ": `tool_use` ids were found without `tool_result` blocks immediately after: "
                        + String.join(", ", open)
                        + ". Each `tool_use` block must have a corresponding `tool_result` block in the next"
                        + " message.");
            }
        }
        return null;
    }

    private static Set<String> ids(JsonNode message, String kind, String field) {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode block : MessageJson.blocks(message)) {
            if (MessageJson.is(block, kind)) {
                ids.add(block.path(field).asText());
            }
        }
        return ids;
    }

    /** Results count only while nothing else came before them in the message. */
    private static Set<String> leadingResults(JsonNode message) {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode block : MessageJson.blocks(message)) {
            if (!MessageJson.is(block, "tool_result")) {
                break;
            }
            ids.add(block.path("tool_use_id").asText());
        }
        return ids;
    }

    private static @Nullable ApiError expectedResults(ApiRequest request) {
        for (int i = 0; i < request.messages().size(); i++) {
            Set<String> calls = i == 0 ? Set.of() : ids(request.messages().get(i - 1), "tool_use", "id");
            Set<String> seen = new HashSet<>();
            List<JsonNode> blocks = MessageJson.blocks(request.messages().get(i));
            for (int j = 0; j < blocks.size(); j++) {
                String id = blocks.get(j).path("tool_use_id").asText();
                String at = "messages." + i + ".content." + j + ": ";
                if (!MessageJson.is(blocks.get(j), "tool_result")) {
                    continue;
                }
                if (!calls.contains(id)) {
                    return ApiError.invalid(at + "unexpected `tool_use_id` found in `tool_result` blocks: " + id
                            + ". Each `tool_result` block must have a corresponding `tool_use` block in the previous"
                            + " message.");
                }
                if (!seen.add(id)) {
                    return ApiError.invalid(at + "each tool_use must have a single result. Found multiple `tool_result`"
                            + " blocks with id: " + id);
                }
            }
        }
        return null;
    }

    /** The thinking of the latest turn of the assistant must come back signed; older turns are not looked at. */
    private static @Nullable ApiError signatures(ApiRequest request) {
        for (int i : latestTurn(request.messages())) {
            List<JsonNode> blocks = MessageJson.blocks(request.messages().get(i));
            for (int j = 0; j < blocks.size(); j++) {
                boolean unsigned = MessageJson.is(blocks.get(j), "thinking")
                        && blocks.get(j).path("signature").asText().isEmpty();
                if (unsigned) {
                    return ApiError.invalid(
                            "messages." + i + ".content." + j + ": Invalid `signature` in `thinking` block");
                }
            }
        }
        return null;
    }

    /** A loop of calls and results is one turn: it reaches back to the last message that is not results. */
    private static List<Integer> latestTurn(JsonNode messages) {
        List<Integer> turn = new ArrayList<>();
        for (int i = messages.size() - 1; i >= 0; i--) {
            JsonNode message = messages.get(i);
            if (MessageJson.from(message, "assistant")) {
                turn.add(i);
            } else if (!turn.isEmpty()
                    && ids(message, "tool_result", "tool_use_id").isEmpty()) {
                break;
            }
        }
        return turn;
    }
}
