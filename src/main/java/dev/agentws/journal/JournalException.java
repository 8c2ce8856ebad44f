package dev.agentws.journal;

import org.jspecify.annotations.Nullable;

/** Why a journal could not do what it was asked. The text names the session or file and what was expected. */
public final class JournalException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What a caller can tell apart. */
    public enum Reason {
        /** There is no such session. */
        NOT_FOUND,
        /** There is such a session already. */
        EXISTS,
        /** Somebody else writes this book. */
        TAKEN,
        /** Somebody else has taken the book over; nothing of ours was written since. */
        FENCED,
        /** What was committed is not there any more. */
        HISTORY_LOST,
        /** What is stored cannot be read. */
        DAMAGED,
        /** There is no room left on the disk or in the store. */
        FULL,
        /** As many sessions are in memory as may be. */
        CROWDED,
        /** More waits to be written than may wait. */
        OVERLOADED,
        /** The disk or the store does not answer, or failed. */
        UNAVAILABLE,
        /** The book or the journal is closed. */
        CLOSED
    }

    private final Reason reason;

    public JournalException(Reason reason, String message) {
        this(reason, message, null);
    }

    public JournalException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
