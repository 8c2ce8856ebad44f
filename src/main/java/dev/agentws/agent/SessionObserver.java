package dev.agentws.agent;

import dev.agentws.agent.event.EventWatcher;

/** Gives each session one who sees its events beside its clients, and never drives it. Called on the session's loop. */
public interface SessionObserver {
    /** A new session; the watcher hears of it from its second event on. */
    EventWatcher opened(Session session);

    /**
     * One that has lived before; the watcher hears what happens from now on.
     *
     * @param inTurn whether a turn was going on, whose end is still to come
     * @param waiting how many prompts wait
     */
    EventWatcher revived(Session session, boolean inTurn, int waiting);

    /** Its watcher hears no more; should it wake, it is {@link #revived}. */
    void fellAsleep(Session session);
}
