package dev.agentws.agent.record;

import dev.agentws.journal.Book;
import dev.agentws.journal.Commit;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Pressure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands batches to a session's book, in order, and keeps each until it is committed. A book that failed for a reason that may pass, such
 * as a full disk, is opened again after a while and given what it does not have. Confined to the session's loop.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final Set<Reason> PASSING = Set.of(Reason.FULL, Reason.OVERLOADED, Reason.UNAVAILABLE);
    private static final long RETRY_MS = 500;
    /** As long as nobody waits for what could not be written. */
    private static final long LONGEST_RETRY_MS = 16_000;

    private static final int SMALL_BYTES = 8 << 10;

    private final Recorder.Home home;
    private final Journal journal;
    private final SessionRecords records;
    private final Ear ear;
    private final Pressure pressure;
    private final Deque<Batch> open = new ArrayDeque<>(0);
    /** Read by workers too. */
    private volatile Book book;

    private volatile boolean broken;
    /** It is open again, and has not shown yet that it takes more. */
    private volatile boolean onTrial;

    /** Somebody waits for what becomes of the batches; read by the journal's threads too. */
    private volatile boolean attended;

    private long stored;
    private long retryMs;
    /** By which a timer knows whether it still counts. */
    private int tries;
    /** The next try is further away than it would be if somebody waited. */
    private boolean patient;

    private boolean full;
    private boolean closed;
    private @Nullable End ending;

    /** Hears what becomes of the batches. */
    interface Ear {
        /** Everything up to this number is safe; {@code batches} is how many were since the beginning. */
        void committed(long batches, long upToSeq);

        /** Nothing is written any more. */
        void failed(JournalException why);

        /** Whether somebody waits for a batch that is on its way. */
        boolean awaited();

        /** Too much waits, or the book takes nothing just now; or all is well again. */
        void slow(boolean now);
    }

    Delivery(Recorder.Home home, Book book, SessionRecords records, Ear ear) {
        this.home = home;
        this.book = book;
        this.records = records;
        this.journal = Objects.requireNonNull(records.journal());
        this.ear = ear;
        this.pressure = journal.pressure();
        this.stored = book.entries();
    }

    /**
     * Hands over a batch.
     *
     * @param busy whether anything is under way behind it
     * @param durable whether it counts only once the disk has it
     * @param scribe of the loop we are on; null when the session is on its way to another
     */
    void add(long number, List<Entry> entries, long upToSeq, boolean busy, boolean durable, @Nullable Scribe scribe) {
        Batch batch = new Batch(book, number, entries, upToSeq, busy, durable, scribe);
        open.add(batch);
        if (broken) {
            hurry();
        } else {
            send(batch);
        }
    }

    /** Whether somebody waits for each batch. Otherwise those that went well are looked at when somebody asks ({@link #look}). */
    void attend(boolean now) {
        if (attended != now) {
            attended = now;
            if (now) {
                settle();
            }
        }
    }

    /**
     * Looks at what went well meanwhile, unless somebody waits for it: who waits is told as a task of its own, never in the midst of what the
     * session does.
     */
    void look() {
        if (!attended) {
            settle();
        }
    }

    private void settle() {
        // A session that moved to another loop may hear of two batches in the wrong order.
        while (!broken && !open.isEmpty() && open.element().went()) {
            committed();
        }
    }

    private void send(Batch batch) {
        batch.by.busy(batch.busy);
        batch.by.append(batch.entries, batch);
        if (!full && !pressure.writable()) {
            full = true;
            ear.slow(true);
            pressure.whenWritable(() -> home.execute(this::roomAgain));
        }
    }

    private void roomAgain() {
        full = false;
        ear.slow(broken || onTrial);
    }

    private void done(Batch batch) {
        if (broken || batch.by != book) {
            // The first failure has said it all; what the book has is seen when it is opened again.
            return;
        }
        JournalException why = batch.failure;
        if (why == null) {
            writtenAgain();
            settle();
        } else if (PASSING.contains(why.reason()) && (!closed || ending != null)) {
            broken = true;
            ear.slow(true);
            if (!onTrial) {
                LOG.warn("session {}: cannot be written just now and waits: {}", book.sessionId(), why.getMessage());
            }
            tryLater();
        } else {
            giveUp(why);
        }
    }

    private void tryLater() {
        retryMs = onlyRest() && !ear.awaited() ? Math.min(Math.max(2 * retryMs, RETRY_MS), LONGEST_RETRY_MS) : RETRY_MS;
        patient = retryMs > RETRY_MS;
        int mine = ++tries;
        home.executeAfter(retryMs, () -> {
            if (mine == tries) {
                mend();
            }
        });
    }

    /** Nothing would be lost with what waits: it only says that all else is written. */
    private boolean onlyRest() {
        return open.size() == 1
                && open.element().entries.stream()
                        .allMatch(entry -> entry.kind().equals(RecordKind.REST.word()));
    }

    /** Somebody wants something to be written: if the next try is far away, it comes now. */
    void hurry() {
        if (patient) {
            retryMs = 0;
            mend();
        }
    }

    private void committed() {
        Batch batch = open.remove();
        stored += batch.entries.size();
        ear.committed(batch.number, batch.upToSeq);
    }

    private void giveUp(JournalException why) {
        broken = true;
        LOG.error("session {}: is no longer written down: {}", book.sessionId(), why.getMessage());
        open.clear();
        ear.failed(why);
    }

    private void mend() {
        patient = false;
        tries++;
        Book old = book;
        try {
            records.desk().execute(() -> {
                try {
                    Book fresh = journal.reopen(old);
                    home.execute(() -> mended(fresh));
                } catch (JournalException e) {
                    home.execute(() -> notMended(e));
                }
            });
        } catch (RejectedExecutionException e) {
            tryLater();
        }
    }

    private void notMended(JournalException why) {
        if (PASSING.contains(why.reason())) {
            tryLater();
        } else {
            giveUp(why);
        }
    }

    private void mended(Book fresh) {
        book = fresh;
        while (!open.isEmpty() && stored + open.element().entries.size() <= fresh.entries()) {
            committed();
        }
        if (stored != fresh.entries()) {
            fresh.close();
            giveUp(new JournalException(
                    Reason.DAMAGED,
                    "session " + fresh.sessionId() + ": " + fresh.entries() + " records (expected: " + stored + ")"));
            return;
        }
        broken = false;
        onTrial = true;
        List<Batch> again = open.stream().map(batch -> batch.to(fresh)).toList();
        open.clear();
        open.addAll(again);
        again.forEach(this::send);
        if (again.isEmpty()) {
            writtenAgain();
        }
        finish();
    }

    /** Only now: a turn that went on because a book can be opened would find the disk as full as before. */
    private void writtenAgain() {
        if (onTrial) {
            onTrial = false;
            retryMs = 0;
            LOG.info("session {}: is written down again", book.sessionId());
            ear.slow(full);
        }
    }

    /** What is handed over at once, and hears what becomes of it. */
    private final class Batch implements Commit, Runnable {
        private final Book by;
        private final long number;
        private final List<Entry> entries;
        private final long upToSeq;
        private final boolean busy;
        private final boolean durable;
        private final @Nullable Scribe scribe;
        /** Written before {@link #over}. */
        private @Nullable JournalException failure;

        private volatile boolean over;

        Batch(
                Book by,
                long number,
                List<Entry> entries,
                long upToSeq,
                boolean busy,
                boolean durable,
                @Nullable Scribe scribe) {
            this.by = by;
            this.number = number;
            this.entries = entries;
            this.upToSeq = upToSeq;
            this.busy = busy;
            this.durable = durable;
            this.scribe = scribe;
        }

        /** The same for another book. */
        Batch to(Book other) {
            return new Batch(other, number, entries, upToSeq, busy, durable, scribe);
        }

        @Override
        public boolean durable() {
            return durable;
        }

        @Override
        public void done(@Nullable JournalException why) {
            failure = why;
            over = true;
            if (why == null && busy && small() && !attended && !onTrial) {
                // More follows.
                return;
            }
            if (scribe == null || home.here() != null) {
                home.execute(this);
            } else {
                scribe.tell(this);
            }
        }

        /** Whether it may stay in memory for as long as a turn that waits for somebody. */
        private boolean small() {
            int bytes = 0;
            for (int i = 0; i < entries.size(); i++) {
                bytes += entries.get(i).json().length;
            }
            return bytes <= SMALL_BYTES;
        }

        boolean went() {
            return over && failure == null;
        }

        @Override
        public void run() {
            if (home.here() == null) {
                home.execute(this);
            } else {
                Delivery.this.done(this);
            }
        }
    }

    /** Whether nothing is on its way. */
    boolean idle() {
        return open.isEmpty();
    }

    /** Too much waits, over all sessions, or this book takes nothing just now. */
    boolean slow() {
        return broken || onTrial || full || !pressure.writable();
    }

    /** Any thread. */
    Book book() {
        return book;
    }

    /** Whether the book is being opened again: then it cannot be read for a moment. Any thread. */
    boolean mending() {
        return broken;
    }

    /** Puts the book away, after what was handed over before. */
    void end(End how) {
        ending = how;
        closed = true;
        finish();
    }

    /** Lets go of the book, after what was handed over before. */
    void close() {
        closed = true;
        finish();
    }

    private void finish() {
        End how = ending;
        if (!closed || (broken && how != null)) {
            return;
        }
        if (how == null) {
            if (broken && onlyRest()) {
                // Not worth another try, and who waits for all of it has all that counts.
                tries++;
                Batch rest = open.remove();
                ear.committed(rest.number, rest.upToSeq);
            } else if (broken && !open.isEmpty()) {
                LOG.error("session {}: the last of it could not be written and is lost", book.sessionId());
            }
            book.close();
        } else {
            book.end(how, why -> {
                if (why != null) {
                    LOG.error("session {}: its book could not be put away: {}", book.sessionId(), why.getMessage());
                }
            });
        }
    }
}
