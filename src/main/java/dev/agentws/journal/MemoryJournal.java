package dev.agentws.journal;

import dev.agentws.journal.JournalException.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A journal that ends with the process: for tests, and for embedders who want sessions to sleep without files. Thread-safe. Commits are
 * told at once, on the thread that appends, and nothing ever waits.
 */
public final class MemoryJournal implements Journal {
    private final Map<String, Stored> sessions = new TreeMap<>();
    private final PendingBytes pending = new PendingBytes(Long.MAX_VALUE / 8);
    private final LongSupplier clockMillis;
    private boolean closed;

    /** @param clockMillis milliseconds since 1970 */
    public MemoryJournal(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    @Override
    public synchronized Book create(String sessionId) {
        return new MemoryBook(sessionId, -1, 0, null);
    }

    @Override
    public synchronized Book open(String sessionId) throws JournalException {
        refuseClosed();
        Stored stored = sessions.get(sessionId);
        if (stored == null) {
            throw new JournalException(Reason.NOT_FOUND, "session " + sessionId + ": not found");
        }
        if (stored.taken) {
            throw new JournalException(
                    Reason.TAKEN, "session " + sessionId + ": is open (expected: one book per session)");
        }
        stored.taken = true;
        stored.shelf = Shelf.CURRENT;
        return new MemoryBook(sessionId, stored.lastSeq(), stored.entries.size(), stored);
    }

    @Override
    public synchronized Listing list(Shelf shelf, @Nullable String cursor, int limit) throws JournalException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: at least 1)");
        }
        refuseClosed();
        List<Listing.Item> found = new ArrayList<>();
        sessions.forEach((id, stored) -> {
            if (stored.shelf == shelf) {
                found.add(new Listing.Item(id, stored.activeAt, stored.summary));
            }
        });
        found.sort(Comparator.comparingLong(Listing.Item::activeAtMillis).reversed());
        int from = 0;
        while (cursor != null
                && from < found.size()
                && !cursorOf(found.get(from++)).equals(cursor)) {
            // The page begins behind the session the cursor names.
        }
        int to = Math.min(found.size(), from + limit);
        return new Listing(found.subList(from, to), to == found.size() ? null : cursorOf(found.get(to - 1)));
    }

    private static String cursorOf(Listing.Item item) {
        return item.sessionId();
    }

    private void refuseClosed() throws JournalException {
        if (closed) {
            throw new JournalException(Reason.CLOSED, "the journal is closed");
        }
    }

    @Override
    public Pressure pressure() {
        return pending;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private static final class Stored {
        final List<Entry> entries = new ArrayList<>();
        byte[] summary = {};
        long activeAt;
        Shelf shelf = Shelf.CURRENT;
        boolean taken = true;

        long lastSeq() {
            return entries.isEmpty() ? -1 : entries.get(entries.size() - 1).seq();
        }
    }

    private final class MemoryBook implements Book {
        private final String sessionId;
        private long lastSeq;
        private long entries;
        private @Nullable Stored stored;
        private @Nullable JournalException failure;
        private byte[] heldSummary = {};
        private boolean released;
        private boolean kept;

        MemoryBook(String sessionId, long lastSeq, long entries, @Nullable Stored stored) {
            this.sessionId = sessionId;
            this.lastSeq = lastSeq;
            this.entries = entries;
            this.stored = stored;
        }

        @Override
        public String sessionId() {
            return sessionId;
        }

        @Override
        public long lastSeq() {
            synchronized (MemoryJournal.this) {
                return lastSeq;
            }
        }

        @Override
        public long entries() {
            synchronized (MemoryJournal.this) {
                return entries;
            }
        }

        @Override
        public void append(List<Entry> batch, Commit done) {
            JournalException outcome;
            synchronized (MemoryJournal.this) {
                BatchOrder.check(lastSeq, batch);
                outcome = refusal();
                Stored to = stored;
                if (outcome == null && to == null && sessions.containsKey(sessionId)) {
                    failure = new JournalException(
                            Reason.EXISTS, "session " + sessionId + ": exists (expected: a new id)");
                    outcome = failure;
                } else if (outcome == null) {
                    if (to == null) {
                        to = new Stored();
                        to.summary = heldSummary;
                        stored = to;
                        sessions.put(sessionId, to);
                    }
                    to.entries.addAll(batch);
                    to.activeAt = clockMillis.getAsLong();
                    lastSeq = to.lastSeq();
                    entries = to.entries.size();
                }
            }
            done.done(outcome);
        }

        private @Nullable JournalException refusal() {
            if (closed || released) {
                return new JournalException(Reason.CLOSED, "session " + sessionId + ": its book is closed");
            }
            return failure;
        }

        @Override
        public void read(long afterSeq, EntryReader reader) throws JournalException {
            List<Entry> seen;
            synchronized (MemoryJournal.this) {
                if (closed || (released && !kept)) {
                    throw new JournalException(Reason.CLOSED, "session " + sessionId + ": its book is closed");
                }
                seen = stored == null ? List.of() : List.copyOf(stored.entries);
            }
            for (Entry entry : seen) {
                if (entry.seq() > afterSeq && !reader.take(entry)) {
                    return;
                }
            }
        }

        @Override
        public void summary(byte[] json) {
            synchronized (MemoryJournal.this) {
                if (stored == null) {
                    heldSummary = json;
                } else if (!released) {
                    stored.summary = json;
                    stored.activeAt = clockMillis.getAsLong();
                }
            }
        }

        @Override
        public void end(End how, Commit done) {
            synchronized (MemoryJournal.this) {
                kept = how == End.ARCHIVE;
                if (stored != null && kept) {
                    stored.shelf = Shelf.ARCHIVE;
                } else if (stored != null) {
                    sessions.remove(sessionId);
                }
                close();
            }
            done.done(null);
        }

        @Override
        public void close() {
            synchronized (MemoryJournal.this) {
                if (!released && stored != null) {
                    stored.taken = false;
                }
                released = true;
            }
        }
    }
}
