package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.options.ContentReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A turn that had begun and not ended when the book was last written. Confined to one thread.
 *
 * <p>What of it can go on is for its reader to say: a call that ran when the process ended may have done its work or not.
 */
public final class StoredTurn {
    /** A question that waits for a person. */
    public record Question(String requestId, long expiresAtMs) {}

    private final StoredPrompt prompt;
    final Map<String, Question> questions = new LinkedHashMap<>();
    final Map<String, byte[]> agreed = new LinkedHashMap<>();
    final Set<String> begun = new LinkedHashSet<>();
    final Map<String, Block> results = new LinkedHashMap<>();
    /** Calls are shown, and the conversation waits for their results. */
    boolean atTools;

    boolean thinking;

    private final ToldText text = new ToldText();
    /** Calls that clients saw and whose end they did not see. */
    final Map<String, String> shown = new LinkedHashMap<>();

    int promptAt = -1;
    int rounds;

    StoredTurn(StoredPrompt prompt) {
        this.prompt = prompt;
    }

    /** Text that clients saw. */
    ToldText text() {
        return text;
    }

    /** What became of a call. */
    void tool(RecordKind kind, JsonNode json) {
        String id = json.path("tool_use_id").asText();
        switch (kind) {
            case ASKED ->
                questions.put(
                        id,
                        new Question(
                                json.path("request_id").asText(),
                                json.path("expires_at").asLong()));
            case AGREED -> {
                questions.remove(id);
                agreed.put(id, json.path("input").toString().getBytes(StandardCharsets.UTF_8));
            }
            case RUN -> {
                questions.remove(id);
                begun.add(id);
            }
            default -> {
                questions.remove(id);
                results.put(id, ContentReader.stored(json.path("result")));
            }
        }
    }

    /** A prompt that was taken. */
    public record StoredPrompt(@Nullable String promptId, List<Block> content) {}

    public StoredPrompt prompt() {
        return prompt;
    }

    /** Whether nothing but tools was under way, and none of them had begun without coming to its end. */
    public boolean canGoOn() {
        return atTools && promptAt >= 0 && results.keySet().containsAll(begun);
    }

    /** Open questions, by the id of their call. */
    public Map<String, Question> questions() {
        return questions;
    }

    /** What a person said yes to and had not run yet: the inputs, by the id of the call. */
    public Map<String, byte[]> agreed() {
        return agreed;
    }

    /** Calls that had begun to run. */
    public Set<String> begun() {
        return begun;
    }

    /** Results that are there, by the id of the call. */
    public Map<String, Block> results() {
        return results;
    }

    /** Whether the conversation ends with calls of tools that want their results. */
    public boolean atTools() {
        return atTools;
    }

    /** Calls that clients saw and whose end they did not see: the names of the tools, by the id of the call. */
    public Map<String, String> shown() {
        return shown;
    }

    /** Where the prompt stands in the conversation; negative while it is not in it. */
    public int promptAt() {
        return promptAt;
    }

    /** How often tools have been used and their results given back. */
    public int rounds() {
        return rounds;
    }

    /** What clients have read of an answer that the conversation does not hold. */
    public String owed() {
        return text.owed();
    }

    /** Whether clients saw the light that the model thinks. */
    public boolean thinking() {
        return thinking;
    }

    /** The id of the message that clients saw only a part of, or null. */
    public @Nullable String openMessage() {
        return text.openMessage();
    }

    /** The part of it they saw, still escaped as the inside of a JSON string. */
    public String openText() {
        return text.openText();
    }
}
