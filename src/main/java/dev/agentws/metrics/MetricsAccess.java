package dev.agentws.metrics;

/** Who may read {@code /metrics}. */
public enum MetricsAccess {
    /** Everybody where the server listens on loopback or a Unix socket, elsewhere who has a token. */
    AUTO,
    /** Everybody. */
    OPEN,
    /** Who has a token. */
    TOKEN,
    /** Nobody: there is no such path. */
    OFF
}
