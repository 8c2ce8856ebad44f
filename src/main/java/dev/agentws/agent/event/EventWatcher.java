package dev.agentws.agent.event;

/** Someone who sees the events of a session. Called on the session's loop, in order. */
@FunctionalInterface
public interface EventWatcher {
    /** An event. */
    void onEvent(long seq, SessionEvent event);
}
