package dev.agentws.agent.tool;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The tools that are built in. Thread-safe. */
public interface ToolKit {
    /** The names a session may ask for. */
    Set<String> names();

    /**
     * Lays out a fresh set of tools for one session. Called on the session's event loop, so it neither blocks nor touches the disk.
     *
     * @param tools a subset of {@link #names()}
     * @param workingDirectory absolute, existing, links resolved
     * @param environment what the session adds to the environment of its commands
     */
    Toolbox open(Set<String> tools, Path workingDirectory, Map<String, String> environment);
}
