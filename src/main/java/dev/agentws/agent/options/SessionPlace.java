package dev.agentws.agent.options;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a session works and what it speaks with, once its options have been held against the disk and the agent definitions.
 * Immutable.
 *
 * @param workingDirectory absolute, existing, links resolved
 * @param moreDirectories further directories that count as inside; absolute, existing, links resolved
 * @param systemPrompt the client's or the agent definition's, or null for ours
 * @param tools the names of the session's tools
 */
public record SessionPlace(
        Path workingDirectory,
        List<Path> moreDirectories,
        String model,
        @Nullable String systemPrompt,
        Set<String> tools) {
    public SessionPlace {
        moreDirectories = List.copyOf(moreDirectories);
    }
}
