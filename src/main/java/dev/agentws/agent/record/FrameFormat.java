package dev.agentws.agent.record;

import dev.agentws.agent.event.SessionEvent;

/** Renders an event as clients see it. Called on the session's loop. */
@FunctionalInterface
public interface FrameFormat {
    /** The frame's text: one JSON object in UTF-8 that ends with its {@code seq}. */
    byte[] json(String sessionId, long seq, SessionEvent event);
}
