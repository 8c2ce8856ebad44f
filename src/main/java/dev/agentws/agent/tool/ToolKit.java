package dev.agentws.agent.tool;

import java.util.Set;

/** The tools that are built in. Thread-safe. */
public interface ToolKit {
    /** The names a session may ask for. */
    Set<String> names();

    /** What keeps commands inside their session's directories, in a word for clients. */
    String sandbox();

    /**
     * Lays out a fresh set of tools for one session. Called on the session's event loop, so it neither blocks nor touches the disk.
     *
     * @param setup its tools are a subset of {@link #names()}
     */
    Toolbox open(ToolSetup setup);
}
