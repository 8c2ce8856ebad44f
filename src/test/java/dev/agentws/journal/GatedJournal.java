package dev.agentws.journal;

import dev.agentws.journal.JournalException.Reason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A journal in memory whose disk the test holds, fills and mends. For one thread, besides reading. */
public final class GatedJournal implements Journal {
    private final MemoryJournal journal = new MemoryJournal(() -> 0);
    private final Deque<Runnable> held = new ArrayDeque<>();
    private final PendingBytes pending;
    private boolean holding;
    private boolean closing;
    private boolean killed;
    private int durable;
    private int refused;
    private @Nullable Reason broken;

    /** @param mark bytes from which on producers are told to stop */
    public GatedJournal(long mark) {
        pending = new PendingBytes(mark);
    }

    /** Nothing is committed from now on. */
    public void hold() {
        holding = true;
    }

    /** The same for what is to be written only: books can be closed, and opened. */
    public void holdAppends() {
        hold();
        closing = true;
    }

    /** All that waits is committed, and what comes after. */
    public void release() {
        holding = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    /** Commits the oldest batch that waits. */
    public void releaseOne() {
        held.remove().run();
    }

    /** How many batches wait. */
    public int held() {
        return held.size();
    }

    /** How many batches were to be safe from a loss of power, whatever the level. */
    public int durable() {
        return durable;
    }

    /** How many batches failed. */
    public int refused() {
        return refused;
    }

    /** Books that are opened from now on were not closed in order. */
    public void kill() {
        killed = true;
    }

    /** Appends fail from now on; null: not any more. */
    public void fail(@Nullable Reason why) {
        broken = why;
    }

    @Override
    public Book create(String sessionId) {
        return new GatedBook(journal.create(sessionId), false);
    }

    @Override
    public Book open(String sessionId) throws JournalException {
        return new GatedBook(journal.open(sessionId), killed);
    }

    @Override
    public Listing list(Shelf shelf, @Nullable String cursor, int limit) throws JournalException {
        return journal.list(shelf, cursor, limit);
    }

    @Override
    public Pressure pressure() {
        return pending;
    }

    @Override
    public void close() {
        journal.close();
    }

    private final class GatedBook implements Book {
        private final Book book;
        private boolean cutShort;
        private @Nullable JournalException failure;

        GatedBook(Book book, boolean cutShort) {
            this.book = book;
            this.cutShort = cutShort;
        }

        @Override
        public boolean cutShort() {
            return cutShort;
        }

        @Override
        public String sessionId() {
            return book.sessionId();
        }

        @Override
        public long lastSeq() {
            return book.lastSeq();
        }

        @Override
        public long entries() {
            return book.entries();
        }

        @Override
        public void append(List<Entry> batch, Commit done) {
            long cost = PendingBytes.cost(batch);
            durable += done.durable() ? 1 : 0;
            if (!pending.add(cost)) {
                failure = new JournalException(Reason.OVERLOADED, "far too much waits");
            }
            Runnable commit = () -> {
                Reason why = broken;
                if (failure == null && why != null) {
                    failure = new JournalException(why, "the disk is " + why);
                }
                pending.remove(cost);
                if (failure == null) {
                    cutShort = false;
                    book.append(batch, done);
                } else {
                    refused++;
                    done.done(failure);
                }
            };
            if (holding) {
                held.add(commit);
            } else {
                commit.run();
            }
        }

        @Override
        public void read(long afterSeq, EntryReader reader) throws JournalException {
            book.read(afterSeq, reader);
        }

        @Override
        public void summary(byte[] json) {
            book.summary(json);
        }

        @Override
        public void end(End how, Commit done) {
            later(() -> book.end(how, done));
        }

        @Override
        public void close() {
            later(book::close);
        }

        private void later(Runnable task) {
            if (holding && !closing) {
                held.add(task);
            } else {
                task.run();
            }
        }
    }
}
