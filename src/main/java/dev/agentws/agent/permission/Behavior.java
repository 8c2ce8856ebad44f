package dev.agentws.agent.permission;

import java.util.Locale;

/** What a rule says about the calls it matches. */
public enum Behavior {
    ALLOW,
    DENY,
    ASK;

    /** The name on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it takes something away, so that in doubt it matches. */
    boolean forbids() {
        return this != ALLOW;
    }
}
