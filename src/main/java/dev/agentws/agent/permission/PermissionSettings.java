package dev.agentws.agent.permission;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all sessions share about permissions. Immutable.
 *
 * @param home what {@code ~} in rules and commands means, absolute with links resolved; null: rules with {@code ~} match nothing, and
 *     commands with it always ask
 * @param hooks asked before rules and modes, in this order
 */
public record PermissionSettings(@Nullable Path home, List<ToolHook> hooks) {
    /** Nothing known, nobody asked. */
    public static final PermissionSettings NONE = new PermissionSettings(null, List.of());

    public PermissionSettings {
        hooks = List.copyOf(hooks);
        if (home != null && !home.isAbsolute()) {
            throw new IllegalArgumentException("home: " + home + " (expected: an absolute path)");
        }
    }

    /** The same with one more hook. */
    public PermissionSettings withHook(ToolHook hook) {
        return new PermissionSettings(
                home,
                java.util.stream.Stream.concat(hooks.stream(), java.util.stream.Stream.of(hook))
                        .toList());
    }
}
