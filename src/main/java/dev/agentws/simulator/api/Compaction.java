package dev.agentws.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * That a request asks for the conversation to be shortened once it is too long.
 *
 * @param trigger from how many tokens of prompt on
 */
public record Compaction(long trigger) {
    public static final String EDIT = "compact_20260112";
    public static final String BETA = "compact-2026-01-12";
    public static final long LEAST_TRIGGER = 50_000;
    private static final long USUAL_TRIGGER = 150_000;

    /** Null when the request does not ask for it. */
    public static @Nullable Compaction askedIn(JsonNode body) {
        for (JsonNode edit : body.path("context_management").path("edits")) {
            if (MessageJson.is(edit, EDIT)) {
                return new Compaction(edit.path("trigger").path("value").asLong(USUAL_TRIGGER));
            }
        }
        return null;
    }

    /** What the rest of the answer is charged: the summary takes the place of all messages. */
    public static TokenUsage afterwards(JsonNode body, ModelInfo model, String summary) {
        ObjectNode rest = ((ObjectNode) body).deepCopy().without("messages");
        return new TokenUsage(TokenCount.ofRequest(rest, model) + TokenCount.ofText(summary), 0, 0, 0, 0);
    }

    /** Whether a message begins with a summary, which stands for all that came before. */
    public static boolean begins(JsonNode message) {
        return MessageJson.is(message.path("content").path(0), "compaction");
    }
}
