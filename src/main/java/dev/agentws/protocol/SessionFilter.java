package dev.agentws.protocol;

import java.util.Locale;

/** Which sessions somebody wants to see. */
public enum SessionFilter {
    IDLE,
    PROCESSING,
    /** Those that have ended and are kept. */
    ENDED;

    /** The value of {@code status} on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
