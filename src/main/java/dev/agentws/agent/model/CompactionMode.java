package dev.agentws.agent.model;

import java.util.Locale;

/** Who shortens a conversation that has grown to its threshold. */
public enum CompactionMode {
    /** The model's API where it offers that, otherwise this server. */
    AUTO,
    /** The model's API. */
    API,
    /** This server, which has the model write a summary. */
    CLIENT,
    /** Nobody; also not when the conversation has become too long. */
    OFF;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
