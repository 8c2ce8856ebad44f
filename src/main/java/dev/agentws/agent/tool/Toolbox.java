package dev.agentws.agent.tool;

import dev.agentws.agent.model.ToolSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One session's tools and what they remember (files read, the shell's directory, the todo list). {@link #specs} and {@link #find}
 * may be called from any thread.
 */
public interface Toolbox extends AutoCloseable {
    /** What the model is told, in a stable order. */
    List<ToolSpec> specs();

    /** The tool of that name, or null. */
    @Nullable
    Tool find(String name);

    /**
     * What has happened on its own since the last call, such as the end of a background command, one text each; the model is told with
     * the next message. Called on the session's event loop; never blocks.
     */
    List<String> takeNotices();

    /** Whether no command runs on, and nothing waits to be told. Called on the session's event loop; never blocks. */
    boolean quiet();

    /**
     * Ends at once whatever the session's tools run, in a call or on their own, because another process may go on with the session; who
     * waits for it is told that it was ended. The tools may be used again afterwards. Called on the session's event loop, again and again
     * while that lasts; never blocks.
     */
    void halt();

    /** Ends whatever the session's tools left running. Returns at once; idempotent. */
    @Override
    void close();
}
