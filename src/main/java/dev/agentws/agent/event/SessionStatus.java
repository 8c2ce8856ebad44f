package dev.agentws.agent.event;

import java.util.Locale;

/** Where a session stands. */
public enum SessionStatus {
    /** Waits for a prompt. */
    IDLE,
    /** In a turn. */
    PROCESSING,
    ENDED;

    /** The name on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
