package dev.agentws.journal;

import java.util.List;

/**
 * The records of one session. Calls other than {@link #read} come from any thread, but one at a time.
 *
 * <p>A book that failed an append takes no more: all that waits fails with the same reason. Close it and {@link Journal#open} it again
 * to learn what is stored and to go on; nothing is ever tried again behind the caller's back.
 */
public interface Book extends AutoCloseable {
    String sessionId();

    /** {@link Entry#seq} of the last committed entry; -1 when there is none. */
    long lastSeq();

    /** How many entries were ever committed. */
    long entries();

    /**
     * Whether clients may have seen more than is here, because it was not closed in order before it was opened. Whoever goes on with it
     * has to leave a {@link Entry#HOLE} before anything else; true until then.
     */
    default boolean cutShort() {
        return false;
    }

    /**
     * Hands over records, in order. Never blocks. After a crash the batch is there as a whole or not at all.
     *
     * @param batch at least one; their numbers do not fall, neither within nor between batches
     * @param done told when the batch is committed to the level of the journal, or why it is not
     * @throws IllegalArgumentException for an empty batch, or a number that falls
     */
    void append(List<Entry> batch, Commit done);

    /**
     * Says whether somebody has to take the session up if this process dies, because something is under way. Goes with the next {@link
     * #append} or with {@link #close}; only where there are several nodes does anybody look. Never blocks.
     */
    default void busy(boolean busy) {}

    /**
     * Shows, in order, the entries whose number is above {@code afterSeq} (-1: all), until the reader wants no more. Sees all that was
     * committed before the call, also while appends go on, and after {@link #end} if the session is kept. Any number of threads may read.
     * Blocks: for workers.
     *
     * @throws JournalException DAMAGED, UNAVAILABLE, NOT_FOUND (deleted meanwhile) or CLOSED
     */
    void read(long afterSeq, EntryReader reader) throws JournalException;

    /**
     * Replaces the few bytes that listings show. Never blocks; follows the appends made before. It is not committed: a crash may bring
     * back the one before, and a failure is logged.
     */
    void summary(byte[] json);

    /** Ends the session after the appends made before, and closes the book. Never blocks. */
    void end(End how, Commit done);

    /** Writes what waits and lets go of the book, which costs nothing from then on. Never blocks; idempotent. */
    @Override
    void close();
}
