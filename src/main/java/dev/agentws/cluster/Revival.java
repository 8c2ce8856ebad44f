package dev.agentws.cluster;

import dev.agentws.agent.Session;
import dev.agentws.journal.JournalException;

/** Brings a session that nobody owns to life here. */
@FunctionalInterface
public interface Revival {
    /**
     * Blocks.
     *
     * @param summary as it was shown last; empty when that is not known
     * @throws JournalException TAKEN when another node was faster; NOT_FOUND, HISTORY_LOST, DAMAGED, UNAVAILABLE
     */
    Session take(String sessionId, byte[] summary) throws JournalException;
}
