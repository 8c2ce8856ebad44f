package dev.agentws.agent.options;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An agent that a project describes in {@code .claude/agents/NAME.md}. Immutable.
 *
 * @param name what it is called by: 1 to 64 of {@code A-Z a-z 0-9 _ -}
 * @param description when to use it, for people and for the model
 * @param tools the names of the tools it may use; null means those of the session
 * @param model the model it runs on, or null for that of the session
 * @param prompt its system prompt
 */
public record AgentDefinition(
        String name,
        String description,
        @Nullable List<String> tools,
        @Nullable String model,
        String prompt) {

    public AgentDefinition {
        if (!isName(name)) {
            throw new IllegalArgumentException("name: " + name + " (expected: 1 to 64 letters, digits, _ or -)");
        }
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(prompt, "prompt");
        tools = tools == null ? null : List.copyOf(tools);
    }

    /** Whether {@code text} can name an agent. */
    public static boolean isName(String text) {
        return text.matches("[A-Za-z0-9_-]{1,64}");
    }
}
