package dev.agentws.cluster;

import dev.agentws.agent.Session;

/** Does what another node asks of a session of this one. */
@FunctionalInterface
public interface CommandRunner {
    /**
     * Does it at once. On the session's loop. Before it changes anything it says so by {@link dev.agentws.agent.Story#hear}.
     *
     * @return what became of it, one JSON object in UTF-8
     */
    byte[] run(Session session, String commandId, byte[] command);
}
