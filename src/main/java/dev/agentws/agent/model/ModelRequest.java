package dev.agentws.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One model call, as far as the domain decides it. Immutable.
 *
 * @param model the model's id
 * @param maxTokens the most tokens to generate, or null for the model's usual
 * @param system the system prompt; empty for none
 * @param tools in a stable order, so that the prompt cache holds
 * @param messages the transcript; ends with a user message; append-only from call to call
 * @param thinking the client's own {@code thinking} object as JSON text, or null: as the model takes it best
 * @param effort {@code low} to {@code max}, or null
 * @param temperature sent only if given
 * @param outputSchema the JSON Schema that the API is to hold the final answer to, or null
 * @param compactAt at how many tokens of prompt the API is to shorten the conversation by itself, or null for never
 * @param conversation whose call it is, for those who watch; not sent
 */
public record ModelRequest(
        String model,
        @Nullable Integer maxTokens,
        String system,
        List<ToolSpec> tools,
        List<Message> messages,
        @Nullable String thinking,
        @Nullable String effort,
        @Nullable Double temperature,
        @Nullable String outputSchema,
        @Nullable Long compactAt,
        String conversation) {
    public ModelRequest {
        tools = List.copyOf(tools);
        messages = List.copyOf(messages);
    }

    /** A call of nobody's. */
    public ModelRequest(
            String model,
            @Nullable Integer maxTokens,
            String system,
            List<ToolSpec> tools,
            List<Message> messages,
            @Nullable String thinking,
            @Nullable String effort,
            @Nullable Double temperature,
            @Nullable String outputSchema) {
        this(model, maxTokens, system, tools, messages, thinking, effort, temperature, outputSchema, null, "");
    }

    /** The same call, as part of a conversation. */
    public ModelRequest in(String whose) {
        return with(messages, outputSchema, compactAt, whose);
    }

    /** The same call, in which the API is to shorten the conversation at that many tokens. */
    public ModelRequest compactingAt(long tokens) {
        return with(messages, outputSchema, tokens, conversation);
    }

    /** The same call with the same conversation in other messages. */
    public ModelRequest saying(List<Message> others) {
        return with(others, outputSchema, compactAt, conversation);
    }

    /** The same call with other messages, answered in plain words. */
    public ModelRequest withMessages(List<Message> others) {
        return with(others, null, null, conversation);
    }

    private ModelRequest with(List<Message> others, @Nullable String schema, @Nullable Long shortenAt, String whose) {
        return new ModelRequest(
                model, maxTokens, system, tools, others, thinking, effort, temperature, schema, shortenAt, whose);
    }
}
