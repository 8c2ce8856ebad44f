package dev.agentws.agent.record;

import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where and how sessions are written down. Immutable; thread-safe.
 *
 * @param journal null when nothing is written down, and sessions end with the process
 * @param scribes who gathers what happens
 * @param ended what becomes of the book of a session that ended
 * @param commitFirst whether clients see only what is committed
 * @param desk where books are opened, which blocks
 * @param ownership whether sessions are ours
 */
public record SessionRecords(
        @Nullable Journal journal,
        FrameFormat format,
        Scribes scribes,
        End ended,
        boolean commitFirst,
        Executor desk,
        Ownership ownership) {
    /** Late readers get what is older from the journal. */
    private static final long HELD_BYTES = 256 << 10;

    /** Nothing is written down. */
    public static final SessionRecords NONE = new SessionRecords(
            null,
            (id, seq, event) -> {
                throw new IllegalStateException("nothing is written down here");
            },
            new Scribes(Duration.ZERO),
            End.ARCHIVE,
            false,
            task -> {
                throw new IllegalStateException("nothing is read here");
            },
            Ownership.ALONE);

    /**
     * What the book of a new session begins with, as one batch: there is no session whose creator cannot be told of it, however full the
     * disk becomes.
     *
     * @param log gets the event as its first
     */
    public List<Entry> beginning(String sessionId, EventLog log, List<StateRecord> notes, SessionEvent created) {
        BookEntries entries = new BookEntries(sessionId, format, log);
        notes.forEach(entries::note);
        log.append(created);
        return entries.take(new FrameRecords());
    }

    /**
     * The recorder of a session whose log holds nothing yet that the book has not.
     *
     * @param holes in its book
     */
    public Recorder recorder(Recorder.Home home, Book book, EventLog log, Holes holes, Recorder.Progress progress) {
        return new Recorder(home, book, log, holes, this, progress);
    }

    /** How much of what a session has said stays in memory, if it may be {@code most} where nothing is written down. */
    public long heldBytes(long most) {
        return journal == null ? most : Math.min(most, HELD_BYTES);
    }

    /** Whether nothing new should begin, because too much waits to be written already. */
    public boolean slow() {
        return journal != null && !journal.pressure().writable();
    }
}
