package dev.agentws.agent;

import dev.agentws.agent.event.SessionListener;

/** Gives each session one who listens beside its clients and never drives it. Called on the session's loop. */
public interface SessionObserver {
    /** A new session; the listener hears of it from its second event on. */
    SessionListener opened(Session session);

    /**
     * One that has lived before; the listener hears what happens from now on.
     *
     * @param inTurn whether a turn was going on, whose end is still to come
     * @param waiting how many prompts wait
     */
    SessionListener revived(Session session, boolean inTurn, int waiting);

    /** Its listener hears no more; should it wake, it is {@link #revived}. */
    void fellAsleep(Session session);
}
