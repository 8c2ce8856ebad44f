package dev.agentws.journal;

/** Where a session's book stands. */
public enum Shelf {
    /** In use, or asleep. */
    CURRENT,
    /** Ended and kept; {@link Journal#open} takes it back. */
    ARCHIVE
}
