package dev.agentws.cluster;

import dev.agentws.agent.Session;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Does what another node asks of a session of this one. */
public interface CommandRunner {
    /** What the disk has against a command, or null. Before {@link #run}, on a thread that may block. */
    @Nullable
    String problem(byte[] command);

    /**
     * Does it at once. On the session's loop. Before it changes anything it says so by {@link dev.agentws.agent.Story#hear}.
     *
     * @param problem what {@link #problem} said
     * @return what became of it, one JSON object in UTF-8, asked for on the session's loop once all that had happened by then is safe; null
     *     when it, and what comes behind it, is left for the session's next owner
     */
    @Nullable
    Supplier<byte[]> run(Session session, String commandId, byte[] command, @Nullable String problem);
}
