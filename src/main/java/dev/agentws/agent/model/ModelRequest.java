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
        this(model, maxTokens, system, tools, messages, thinking, effort, temperature, outputSchema, "");
    }

    /** The same call, as part of a conversation. */
    public ModelRequest in(String whose) {
        return new ModelRequest(
                model, maxTokens, system, tools, messages, thinking, effort, temperature, outputSchema, whose);
    }

    /** The same call with other messages, answered in plain words. */
    public ModelRequest withMessages(List<Message> others) {
        return new ModelRequest(
                model, maxTokens, system, tools, others, thinking, effort, temperature, null, conversation);
    }
}
