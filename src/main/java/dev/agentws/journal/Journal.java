package dev.agentws.journal;

import org.jspecify.annotations.Nullable;

/**
 * Keeps one {@link Book} per session, so that a session outlives its socket and its process. Thread-safe.
 *
 * <p>What a commit is worth is the implementation's level: see its settings.
 */
public interface Journal extends AutoCloseable {
    /**
     * Starts the book of a new session. Never blocks and touches nothing: the session exists with its first {@link Book#append}, which
     * fails with {@link JournalException.Reason#EXISTS} if there is one already (archived ones count).
     */
    Book create(String sessionId);

    /**
     * Takes up the book of an existing session to go on writing, out of the archive too. Cuts off what a crash left unfinished; the
     * book then says where it stands. Blocks: for workers.
     *
     * @throws JournalException NOT_FOUND, TAKEN (open already, here or elsewhere), DAMAGED, UNAVAILABLE or CLOSED
     */
    Book open(String sessionId) throws JournalException;

    /**
     * The same for one who writes nothing, and puts the book back as it was: that is no activity. Blocks: for workers.
     *
     * @throws JournalException as {@link #open}
     */
    default Book openToRead(String sessionId) throws JournalException {
        return open(sessionId);
    }

    /**
     * Lets go of a book that takes no more and takes up the same again, as {@link #open}, for one who knows what was committed. Blocks:
     * for workers.
     *
     * @throws JournalException as {@link #open}; HISTORY_LOST when less is there than {@code old} had committed
     */
    default Book reopen(Book old) throws JournalException {
        old.close();
        return open(old.sessionId());
    }

    /**
     * The sessions there are, newest activity first. Activity means the last {@link Book#summary} or a step of the book of that size; a
     * session that becomes active during a walk through the pages moves to the front and may be missed by that walk. Blocks: for workers.
     *
     * @param cursor {@link Listing#next} of the page before; null for the first page
     * @param limit the most sessions of the page, at least 1
     * @throws IllegalArgumentException for a cursor that no listing gave
     */
    Listing list(Shelf shelf, @Nullable String cursor, int limit) throws JournalException;

    /** How much waits to be written, over all books. A producer that finds it not writable must stop until it is. */
    Pressure pressure();

    /** Writes what waits, then closes all books. Blocks; idempotent. Whatever is asked of a book later fails as CLOSED. */
    @Override
    void close();
}
