package dev.agentws.agent.options;

import dev.agentws.agent.model.CompactionMode;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.permission.PermissionRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked for when it created a session, checked. Immutable; sessions without options share one.
 *
 * @param systemPrompt the client's own, or null for ours
 * @param tools names of built-in tools, with {@code Search} already resolved
 * @param workingDirectory as given, not yet checked against the disk, or null for the server's
 * @param model or null for the server's
 * @param maxTokens per model call, or null for the model's usual
 * @param agentName an agent definition to take prompt, tools and model from, or null
 * @param history messages the conversation starts with
 * @param temperature or null to send none
 * @param rules which calls are allowed, denied or asked about whatever the mode says
 * @param addDirs further directories that count as inside, as given, not yet checked against the disk
 * @param maxTurns the most rounds of tool use in one turn, or null for no limit
 * @param maxBudgetUsd the most the session may cost, or null for no limit
 * @param thinking the client's own thinking setting, JSON text, or null
 * @param effort or null
 * @param partialMessages whether pieces are shown as they come
 * @param prompts whether prompts are shown among the events when they are taken up
 * @param environment added to the environment of commands
 * @param compactAtTokens how long the conversation may grow before it is shortened, or null for the server's rule
 * @param compaction who shortens it, or null for the server's rule
 * @param outputFormat what final answers have to look like, or null for plain words
 * @param source the options as given, without the conversation, JSON in UTF-8: what is written down. The same as {@code echo} where
 *     nothing is secret
 * @param echo the options as given, JSON in UTF-8, secrets left out; what clients see in the session object
 */
public record SessionOptions(
        @Nullable String systemPrompt,
        Set<String> tools,
        @Nullable String workingDirectory,
        @Nullable String model,
        @Nullable Integer maxTokens,
        PermissionMode permissionMode,
        @Nullable String agentName,
        List<Message> history,
        @Nullable Double temperature,
        PermissionRules rules,
        List<String> addDirs,
        @Nullable Integer maxTurns,
        @Nullable Double maxBudgetUsd,
        @Nullable String thinking,
        @Nullable String effort,
        boolean partialMessages,
        boolean prompts,
        Map<String, String> environment,
        @Nullable Long compactAtTokens,
        @Nullable CompactionMode compaction,
        @Nullable OutputFormat outputFormat,
        byte[] echo,
        byte[] source) {

    /** The same with another beginning of the conversation. */
    public SessionOptions withHistory(List<Message> messages) {
        return new SessionOptions(
                systemPrompt,
                tools,
                workingDirectory,
                model,
                maxTokens,
                permissionMode,
                agentName,
                List.copyOf(messages),
                temperature,
                rules,
                addDirs,
                maxTurns,
                maxBudgetUsd,
                thinking,
                effort,
                partialMessages,
                prompts,
                environment,
                compactAtTokens,
                compaction,
                outputFormat,
                echo,
                source);
    }

    /** Options that cannot be honoured; the message names the option, the value and what was expected. */
    public static final class Invalid extends Exception {
        private static final long serialVersionUID = 1L;

        public Invalid(@Nullable String message) {
            super(message, null, false, false);
        }
    }
}
