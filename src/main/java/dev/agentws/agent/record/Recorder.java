package dev.agentws.agent.record;

import dev.agentws.agent.event.EventLog;
import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.JournalException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a session down: what it has shown and what it needs to go on, in the order in which it happened, some milliseconds later and in
 * batches, or at once where somebody waits for it. Confined to the session's loop.
 */
public final class Recorder {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
    /** How much of the past is read at a time. */
    private static final long STRETCH = 256 * 1024;

    private static final long BUSY_MS = 50;

    private final Home home;
    private final Book book;
    private final EventLog log;
    private final BookEntries entries;
    private final long delayMs;
    private final End ended;
    private final Ownership ownership;
    private final BooleanSupplier busy;
    private final Deque<Waiter> waiters = new ArrayDeque<>(0);
    private long handedOver;
    private long committed;
    private boolean scheduled;
    private boolean closed;
    private @Nullable JournalException failure;

    /** The session's loop, whichever that is when the time comes. */
    public interface Home {
        void execute(Runnable task);

        void executeAfter(long delayMs, Runnable task);
    }

    /** Somebody who waits until so many batches are safe. */
    private record Waiter(long batch, Runnable task) {}

    Recorder(Home home, Book book, EventLog log, SessionRecords records, BooleanSupplier busy) {
        this.home = home;
        this.book = book;
        this.log = log;
        this.entries = new BookEntries(book.sessionId(), records.format(), log);
        this.delayMs = records.delay().toMillis();
        this.ended = records.ended();
        this.ownership = records.ownership();
        this.busy = busy;
        log.keepFrom(log.lastSeq() + 1);
    }

    /** Something has been shown. For every piece: costs a look at a flag. */
    public void shown() {
        if (!scheduled) {
            scheduled = true;
            home.executeAfter(delayMs, this::due);
        }
    }

    /** Something that no client sees. */
    public void note(StateRecord record) {
        entries.note(record);
        shown();
    }

    /**
     * Runs a task once all that has happened up to now is safe, and the session is certainly ours. If writing has failed, waiting would
     * not help: at once where nobody else can carry the session on, never where somebody may.
     */
    public void whenSafe(Runnable task) {
        flush();
        if (failure != null || committed == handedOver) {
            whenOurs(task);
        } else {
            waiters.add(new Waiter(handedOver, task));
        }
    }

    private void whenOurs(Runnable task) {
        if (ownership.holds(book.sessionId())) {
            task.run();
        } else if (failure == null && !closed) {
            home.executeAfter(BUSY_MS, () -> whenOurs(task));
        }
    }

    private void due() {
        scheduled = false;
        flush();
    }

    /** Hands over what has happened since the last time. */
    private void flush() {
        if (failure != null) {
            return;
        }
        var batch = entries.take();
        if (!batch.isEmpty()) {
            long number = ++handedOver;
            book.busy(busy.getAsBoolean());
            book.append(batch, why -> home.execute(() -> done(number, why)));
        }
    }

    private void done(long number, @Nullable JournalException why) {
        if (why == null) {
            committed = number;
            if (committed == handedOver) {
                log.keepFrom(entries.taken() + 1);
            }
        } else if (failure == null) {
            failure = why;
            // Nothing will ever be read from the book again, so memory is all there is, and it has its limit.
            log.keepFrom(Long.MAX_VALUE);
            LOG.error("session {}: is no longer written down: {}", book.sessionId(), why.getMessage());
            ownership.lost(book.sessionId());
        }
        while (!waiters.isEmpty() && (failure != null || waiters.peek().batch() <= committed)) {
            whenOurs(waiters.remove().task());
        }
    }

    /** Why nothing more is written; null while all is well. */
    public @Nullable JournalException failure() {
        return failure;
    }

    /**
     * Reads a stretch of what was shown after {@code afterSeq} from the book, on a worker, and later if all workers are busy.
     *
     * @param then called on the session's loop; with null when the book cannot be read
     */
    public void readEarlier(long afterSeq, Executor workers, Consumer<@Nullable StoredFrames> then) {
        try {
            workers.execute(() -> {
                StoredFrames found = stretch(afterSeq);
                home.execute(() -> then.accept(found));
            });
        } catch (RejectedExecutionException e) {
            home.executeAfter(BUSY_MS, () -> readEarlier(afterSeq, workers, then));
        }
    }

    private @Nullable StoredFrames stretch(long afterSeq) {
        StoredFrames found = new StoredFrames();
        try {
            book.read(afterSeq, entry -> {
                found.add(entry);
                return found.bytes() < STRETCH;
            });
            return found;
        } catch (JournalException e) {
            LOG.warn("session {}: what came after {} cannot be read: {}", book.sessionId(), afterSeq, e.getMessage());
            return null;
        }
    }

    /** Writes the rest and puts the book away, as the journal's settings say. */
    public void end() {
        flush();
        closed = true;
        book.end(ended, why -> {
            if (why != null) {
                LOG.error("session {}: its book could not be put away: {}", book.sessionId(), why.getMessage());
            }
        });
    }

    /** Writes the rest and lets go of the book. */
    public void close() {
        flush();
        closed = true;
        book.close();
    }
}
