package dev.agentws.journal.files;

import dev.agentws.journal.Commit;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.PendingBytes;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that writes for a part of the sessions: what came while it was busy is the next {@link Round}, written and forced as one.
 * Handing over takes no lock, so that event loops may.
 */
final class Writer {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    /** Bounds the wait of the first in a round. */
    private static final int MOST_PER_ROUND = 1_024;
    /** So that one buffer of a modest size is used again and again. */
    private static final int MOST_BYTES_PER_ROUND = 1 << 20;

    private final Queue<Work> queue = new ConcurrentLinkedQueue<>();
    /** What sessions need besides commits. */
    private final Queue<Runnable> afterwards = new ArrayDeque<>();

    private final Thread thread;
    private final long lingerNanos;
    private final long restNanos;
    private final PendingBytes pending;
    private final Desk desk;

    private volatile boolean sleeping;
    private volatile boolean closing;
    private volatile boolean ended;

    Writer(String name, FileJournalConfig config, PendingBytes pending, Desk desk) {
        this.lingerNanos = config.linger().toNanos();
        this.restNanos = config.restAfter().toNanos();
        this.pending = pending;
        this.desk = desk;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void append(FileBook book, List<Entry> batch, Commit done) {
        long cost = PendingBytes.cost(batch);
        JournalException refused = null;
        if (book.isClosed()) {
            refused = book.closedBook();
        } else if (!pending.add(cost)) {
            refused = new JournalException(
                    Reason.OVERLOADED,
                    "session " + book.sessionId() + ": " + pending.pendingBytes()
                            + " bytes wait to be written (expected: producers that stop when told)");
            // A hole in the book would be worse.
            book.fail(refused);
        }
        submit(new Work.Append(book, batch, refused == null ? cost : 0, refused, done));
    }

    void summarize(FileBook book) {
        submit(new Work.Summarize(book));
    }

    void end(FileBook book, End how, Commit done) {
        submit(new Work.Finish(book, how, done));
    }

    /** Whether the journal is closed. Any thread. */
    boolean isOver() {
        return ended;
    }

    /** Sees to it that listings find all sessions there are. */
    void settle(Runnable done) {
        submit(new Work.Settle(done));
    }

    void release(FileBook book) {
        submit(new Work.Finish(book, null, failure -> {}));
    }

    private void submit(Work work) {
        queue.add(work);
        if (ended) {
            refuseRest();
        } else if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        try {
            write();
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            ended = true;
            refuseRest();
        }
    }

    private void failed(Throwable cause) {
        LOG.error("the journal's writer failed; its sessions take no more until they are opened again", cause);
        desk.failed(cause, book -> book.writer() == this);
    }

    private void write() {
        boolean full = false;
        while (awaitWork()) {
            if (lingerNanos > 0 && !closing && !full && !queue.isEmpty()) {
                LockSupport.parkNanos(this, lingerNanos);
            }
            Round round = new Round(desk, pending, afterwards, this::failed);
            Work work = queue.poll();
            full = false;
            for (int i = 1; work != null; i++) {
                work.join(round);
                full = i == MOST_PER_ROUND || desk.bytes() >= MOST_BYTES_PER_ROUND;
                work = full ? null : queue.poll();
            }
            round.run();
        }
        desk.close();
    }

    /** @return false when there is none and never will be */
    private boolean awaitWork() {
        while (queue.isEmpty() && afterwards.isEmpty() && (closing || !desk.pressing())) {
            if (closing) {
                return false;
            }
            sleeping = true;
            if (queue.isEmpty() && !closing) {
                if (desk.atRest()) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, restNanos);
                }
            }
            sleeping = false;
            while (queue.isEmpty() && !closing && !desk.atRest() && rest()) {
                // Piece by piece, so that what comes does not wait for long.
            }
        }
        return true;
    }

    private boolean rest() {
        try {
            return desk.rest();
        } catch (RuntimeException | Error e) {
            failed(e);
            return false;
        }
    }

    private void refuseRest() {
        for (Work work = queue.poll(); work != null; work = queue.poll()) {
            work.refuse(pending);
        }
    }

    /** Blocks until all that waits is written. */
    void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // Leaving now would let go of the directory's lock under a writing thread.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a writer is handed. */
    interface Work {
        void join(Round round);

        /** The journal is closed. */
        void refuse(PendingBytes pending);

        /** @param refused why it was refused when it was handed over */
        record Append(
                FileBook book,
                List<Entry> batch,
                long cost,
                @Nullable JournalException refused,
                Commit done) implements Work {
            @Override
            public void join(Round round) {
                round.append(this);
            }

            @Override
            public void refuse(PendingBytes pending) {
                pending.remove(cost);
                done.done(book.closedBook());
            }
        }

        /** Gives new sessions their directories. */
        record Settle(Runnable done) implements Work {
            @Override
            public void join(Round round) {
                round.settle(done);
            }

            @Override
            public void refuse(PendingBytes pending) {
                done.run();
            }
        }

        /** Stores the newest summary. */
        record Summarize(FileBook book) implements Work {
            @Override
            public void join(Round round) {
                round.summarize(book);
            }

            @Override
            public void refuse(PendingBytes pending) {
                book.takeSummary();
            }
        }

        /** @param how null: only lets go of the book */
        record Finish(FileBook book, @Nullable End how, Commit done) implements Work {
            @Override
            public void join(Round round) {
                round.finish(this);
            }

            @Override
            public void refuse(PendingBytes pending) {
                book.markReleased();
                done.done(how == null ? null : book.closedBook());
            }
        }
    }
}
