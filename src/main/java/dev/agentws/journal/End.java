package dev.agentws.journal;

/** What becomes of a book whose session ended. */
public enum End {
    DELETE,
    ARCHIVE
}
