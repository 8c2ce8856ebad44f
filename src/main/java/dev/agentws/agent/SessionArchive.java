package dev.agentws.agent;

import dev.agentws.agent.record.Ownership;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions that have ended and were kept. Thread-safe; only {@link #admit} and {@link #dismiss} do not block, all else is for workers. */
public final class SessionArchive {
    private static final Logger LOG = LoggerFactory.getLogger(SessionArchive.class);

    private final Journal journal;
    private final Ownership ownership;

    SessionArchive(Journal journal, SessionRecords records) {
        this.journal = journal;
        this.ownership = records.ownership();
    }

    /** A session and its book, which is the receiver's to close. */
    public record Found(Book book, StoredSession stored) {}

    /** A session that has not ended. */
    public static final class Alive extends IOException {
        private static final long serialVersionUID = 1L;

        Alive(String id) {
            super("session " + id + ": has not ended");
        }
    }

    /** @param next the cursor of the page after this; null when this is the last */
    public record Page(List<byte[]> summaries, @Nullable String next) {}

    /**
     * Sessions that ended, latest first.
     *
     * @param cursor {@link Page#next} of the page before; null for the first page
     * @param fits whether a session's summary is one that is looked for
     * @throws IllegalArgumentException for a cursor that no page gave
     * @throws IOException when the journal cannot be read
     */
    public Page list(@Nullable String cursor, int limit, Predicate<byte[]> fits) throws IOException {
        List<byte[]> summaries = new ArrayList<>();
        String next = cursor;
        do {
            Listing listing = page(next, limit - summaries.size());
            for (Listing.Item item : listing.sessions()) {
                if (item.summary().length > 0 && fits.test(item.summary())) {
                    summaries.add(item.summary());
                }
            }
            next = listing.next();
        } while (next != null && summaries.size() < limit);
        return new Page(summaries, next);
    }

    private Listing page(@Nullable String cursor, int limit) throws IOException {
        try {
            return journal.list(Shelf.ARCHIVE, cursor, limit);
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * What is known of a session that has ended; null if there is no such one.
     *
     * @throws IOException when it cannot be read
     */
    public @Nullable StoredSession read(String id) throws IOException {
        Found found;
        try {
            found = find(id, true);
        } catch (Alive e) {
            return null;
        }
        if (found == null) {
            return null;
        }
        putBack(found.book());
        return found.stored();
    }

    /** Counts a session that is to go on, before it is taken; completes with false when all nodes together have as many as they may. */
    public CompletionStage<Boolean> admit(String id) {
        return ownership.admit(id);
    }

    /** It will not go on after all. Not for a session that another node has: there it counts. */
    public void dismiss(String id) {
        ownership.dismiss(id);
    }

    /**
     * Takes a session that has ended out of the archive; null if there is no such one.
     *
     * @throws Alive when it has not ended
     * @throws IOException when it cannot be read, or somebody else has it just now
     */
    public @Nullable Found take(String id) throws IOException {
        return find(id, false);
    }

    private @Nullable Found find(String id, boolean toRead) throws IOException {
        try {
            return taken(toRead ? journal.openToRead(id) : journal.open(id));
        } catch (JournalException e) {
            if (e.reason() == JournalException.Reason.NOT_FOUND) {
                return null;
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Found taken(Book book) throws JournalException, IOException {
        try {
            StoredSession stored = StoredSession.read(book);
            if (stored.ended() && stored.options() != null) {
                return new Found(book, stored);
            }
            throw new Alive(book.sessionId());
        } catch (JournalException | IOException | RuntimeException e) {
            book.close();
            throw e;
        }
    }

    /** Leaves it ended, as it was. */
    public void putBack(Book book) {
        book.end(End.ARCHIVE, failure -> {
            if (failure != null) {
                LOG.error("session {}: its book could not be put back: {}", book.sessionId(), failure.getMessage());
            }
        });
    }
}
