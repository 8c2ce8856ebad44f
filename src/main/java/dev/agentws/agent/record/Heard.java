package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The last command of another node that was heard.
 *
 * @param outcome what its sender is told, one JSON object
 */
public record Heard(String commandId, byte[] outcome) {
    private static final byte[] DONE = "{}".getBytes(StandardCharsets.UTF_8);

    /** @param refusal what its sender is told; null for that it was done */
    public static Heard of(String commandId, byte @Nullable [] refusal) {
        return new Heard(commandId, refusal == null ? DONE : refusal);
    }

    /** From its record. */
    static Heard of(JsonNode json) {
        JsonNode outcome = json.path("outcome");
        return of(
                json.path("command").asText(),
                outcome.isObject() ? outcome.toString().getBytes(StandardCharsets.UTF_8) : null);
    }
}
