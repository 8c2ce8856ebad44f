package dev.agentws.simulator.wire;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.TokenUsage;
import org.jspecify.annotations.Nullable;

/** The JSON of each event, in the field order and spacing of the API. */
public final class EventJson {
    public static final String PING = "{\"type\": \"ping\"}";
    public static final String MESSAGE_STOP = "{\"type\":\"message_stop\"}";

    private EventJson() {}

    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, quoted);
        return quoted.append('"').toString();
    }

    private static String quoteOrNull(@Nullable String text) {
        return text == null ? "null" : quote(text);
    }

    static String messageStart(String model, String id, TokenUsage usage) {
        return "{\"type\":\"message_start\",\"message\":{\"model\":" + quote(model) + ",\"id\":" + quote(id)
                + ",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"stop_reason\":null,"
                + "\"stop_sequence\":null,\"stop_details\":null,\"usage\":{" + prompt(usage)
                + ",\"cache_creation\":{\"ephemeral_5m_input_tokens\":" + usage.cacheWrite5m()
                + ",\"ephemeral_1h_input_tokens\":" + usage.cacheWrite1h()
                + "},\"output_tokens\":" + usage.output()
                + ",\"service_tier\":\"standard\",\"inference_geo\":\"not_available\"}}}";
    }

    private static String prompt(TokenUsage usage) {
        return "\"input_tokens\":" + usage.input()
                + ",\"cache_creation_input_tokens\":" + (usage.cacheWrite5m() + usage.cacheWrite1h())
                + ",\"cache_read_input_tokens\":" + usage.cacheRead();
    }

    public static String blockStart(int index, String block) {
        return "{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block + "}";
    }

    static String toolUseBlock(String id, String name) {
        return "{\"type\":\"tool_use\",\"id\":" + quote(id) + ",\"name\":" + quote(name)
                + ",\"input\":{},\"caller\":{\"type\":\"direct\"}}";
    }

    /** A delta with one field, such as {@code text_delta} with {@code text}. */
    public static String delta(int index, String type, String field, String value) {
        return "{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":{\"type\":\"" + type + "\",\""
                + field + "\":" + quote(value) + "}}";
    }

    static String otherDelta(int index, String delta) {
        return "{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + delta + "}";
    }

    static String compactionDelta(String summary, String encrypted) {
        return "{\"type\":\"compaction_delta\",\"content\":" + quote(summary) + ",\"encrypted_content\":"
                + quote(encrypted) + "}";
    }

    public static String blockStop(int index) {
        return "{\"type\":\"content_block_stop\",\"index\":" + index + "}";
    }

    /** Thinking tokens, searches and steps are named only when there were any. */
    static String messageDelta(
            Stop stop, TokenUsage usage, long thinkingTokens, long webSearches, @Nullable TokenUsage shortening) {
        return "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":" + quote(stop.reason())
                + ",\"stop_sequence\":" + quoteOrNull(stop.sequence())
                + ",\"stop_details\":" + stop.details() + "},\"usage\":{" + prompt(usage)
                + ",\"output_tokens\":" + usage.output()
                + (thinkingTokens == 0 ? "" : ",\"output_tokens_details\":{\"thinking_tokens\":" + thinkingTokens + "}")
                + (webSearches == 0
                        ? ""
                        : ",\"server_tool_use\":{\"web_search_requests\":" + webSearches + ",\"web_fetch_requests\":0}")
                + (shortening == null
                        ? "}}"
                        : ",\"iterations\":[" + step("compaction", shortening) + "," + step("message", usage)
                                + "]},\"context_management\":{\"applied_edits\":[]}}");
    }

    private static String step(String type, TokenUsage usage) {
        return "{" + prompt(usage) + ",\"output_tokens\":" + usage.output() + ",\"type\":\"" + type + "\"}";
    }

    /** The error that ends a stream which had begun well. */
    public static String midstreamError(String type, String message, String requestId) {
        return "{\"type\":\"error\",\"error\":{\"details\":null,\"type\":" + quote(type) + ",\"message\":"
                + quote(message) + "},\"request_id\":" + quote(requestId) + "}";
    }

    public static String errorBody(ApiError error, String requestId) {
        return "{\"type\":\"error\",\"error\":{\"type\":" + quote(error.type()) + ",\"message\":"
                + quote(error.message()) + "},\"request_id\":" + quote(requestId) + "}";
    }

    /** How a message ends; {@code details} is JSON. */
    public record Stop(String reason, @Nullable String sequence, String details) {
        public static Stop because(String reason) {
            return new Stop(reason, null, "null");
        }

        public static Stop refused(String category) {
            return new Stop(
                    "refusal",
                    null,
                    "{\"type\":\"refusal\",\"category\":" + quote(category) + ",\"explanation\":null}");
        }
    }
}
