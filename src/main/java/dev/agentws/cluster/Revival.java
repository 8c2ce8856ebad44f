package dev.agentws.cluster;

import dev.agentws.agent.Session;
import dev.agentws.journal.JournalException;

/** Brings a session that nobody owns to life here. */
@FunctionalInterface
public interface Revival {
    /**
     * Blocks.
     *
     * @throws JournalException TAKEN when another node was faster; NOT_FOUND, HISTORY_LOST, DAMAGED, UNAVAILABLE
     */
    Session take(String sessionId) throws JournalException;
}
