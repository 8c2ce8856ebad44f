package dev.agentws.agent;

import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.permission.PermissionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits and defaults of all sessions. Immutable.
 *
 * @param model of sessions that name none
 * @param smallModel for quick questions of tools, such as WebFetch's about a page; null: the session's own
 * @param workingDirectory of sessions that name none; absolute, existing, links resolved
 * @param workspaceRoots a working directory must lie under one of them after links are resolved; empty: anywhere
 * @param maxSessions at the same time, over all connections
 * @param maxQueuedPrompts waiting per session, besides the one that runs
 * @param sessionTimeout how long a session may be idle before it is ended
 * @param permissionTimeout how long a question waits for a person
 * @param maxLogBytes how much of what it has said a session keeps for readers who come back
 * @param platform what the model is told of the machine
 * @param prices for the cost of turns
 * @param context how long conversations may grow
 * @param permissions what all sessions share about permissions
 */
public record AgentSettings(
        String model,
        @Nullable String smallModel,
        Path workingDirectory,
        List<Path> workspaceRoots,
        int maxSessions,
        int maxQueuedPrompts,
        Duration sessionTimeout,
        Duration permissionTimeout,
        long maxLogBytes,
        String platform,
        PriceTable prices,
        ContextRules context,
        PermissionSettings permissions) {
    public AgentSettings {
        workspaceRoots = List.copyOf(workspaceRoots);
        require(!model.isBlank(), "model", model, "a model id");
        require(smallModel == null || !smallModel.isBlank(), "smallModel", "\"\"", "a model id, or none");
        require(workingDirectory.isAbsolute(), "workingDirectory", workingDirectory, "an absolute path");
        require(maxSessions > 0, "maxSessions", maxSessions, "at least 1");
        require(maxQueuedPrompts >= 0, "maxQueuedPrompts", maxQueuedPrompts, "at least 0");
        require(sessionTimeout.toMillis() > 0, "sessionTimeout", sessionTimeout, "more than 0");
        require(permissionTimeout.toMillis() > 0, "permissionTimeout", permissionTimeout, "more than 0");
        require(maxLogBytes >= 4096, "maxLogBytes", maxLogBytes, "at least 4096");
    }

    /** The same without hooks and without a home directory. */
    public AgentSettings(
            String model,
            @Nullable String smallModel,
            Path workingDirectory,
            List<Path> workspaceRoots,
            int maxSessions,
            int maxQueuedPrompts,
            Duration sessionTimeout,
            Duration permissionTimeout,
            long maxLogBytes,
            String platform,
            PriceTable prices,
            ContextRules context) {
        this(
                model,
                smallModel,
                workingDirectory,
                workspaceRoots,
                maxSessions,
                maxQueuedPrompts,
                sessionTimeout,
                permissionTimeout,
                maxLogBytes,
                platform,
                prices,
                context,
                PermissionSettings.NONE);
    }

    /** The same with other settings about permissions. */
    public AgentSettings withPermissions(PermissionSettings wished) {
        return new AgentSettings(
                model,
                smallModel,
                workingDirectory,
                workspaceRoots,
                maxSessions,
                maxQueuedPrompts,
                sessionTimeout,
                permissionTimeout,
                maxLogBytes,
                platform,
                prices,
                context,
                wished);
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
