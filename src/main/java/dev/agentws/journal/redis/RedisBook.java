package dev.agentws.journal.redis;

import dev.agentws.journal.BatchOrder;
import dev.agentws.journal.Book;
import dev.agentws.journal.Commit;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One session's book under one fence. At most one {@link Flight} is under way; what comes meanwhile is the next. Its lock is held for
 * moments only, never while Redis is waited for.
 */
final class RedisBook implements Book {
    private final String sessionId;
    private final String fence;
    private final BookDesk desk;
    private final Queue<Flight.Batch> waiting = new ArrayDeque<>();
    private final Queue<Runnable> whenIdle = new ArrayDeque<>();

    private long handedOver;
    private boolean underWay;
    private boolean rests;
    private boolean busy;
    private boolean create;
    private boolean unsure;
    private byte @Nullable [] heldSummary;
    private long archivedAt;

    private volatile StreamId last;
    private volatile long entries;
    private volatile @Nullable JournalException failure;
    /** Takes no more. */
    private volatile boolean closed;
    /** Its end is under way. */
    private volatile boolean leaving;
    /** It is closed, and what it has stays where it is. */
    private volatile boolean kept;

    /** When Redis was asked for the lease that it last granted. */
    private volatile long renewedNanos;
    /** What was last said of Redis together with this book being whole in it. */
    private volatile Keeping.@Nullable Said vouched;

    private final CompletableFuture<@Nullable Void> released = new CompletableFuture<>();

    /** @param create whether the session comes into being with the first append */
    RedisBook(String sessionId, String fence, BookDesk desk, boolean create, StreamId last, long entries) {
        this.sessionId = sessionId;
        this.fence = fence;
        this.desk = desk;
        this.create = create;
        this.last = last;
        this.entries = entries;
        handedOver = last.seq();
        renewedNanos = desk.nanos();
    }

    @Override
    public String sessionId() {
        return sessionId;
    }

    @Override
    public long lastSeq() {
        return last.seq();
    }

    @Override
    public long entries() {
        return entries;
    }

    String fence() {
        return fence;
    }

    /** Done when nothing of this book is under way any more. */
    CompletableFuture<@Nullable Void> released() {
        return released;
    }

    void markReleased() {
        released.complete(null);
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether it is in Redis already, so that there is a lease to renew. */
    synchronized boolean isBorn() {
        return !create;
    }

    void renewed(long nanos) {
        renewedNanos = nanos;
    }

    long renewedNanos() {
        return renewedNanos;
    }

    /** @param said null: what was said before */
    void vouchedAs(Keeping.@Nullable Said said) {
        vouched = said == null ? vouched : said;
    }

    Keeping.@Nullable Said vouched() {
        return vouched;
    }

    /** Whoever has it will first send again what an earlier book of the session had under way. */
    synchronized void unsure() {
        unsure = true;
    }

    /** Whether all that was ever sent is known to be in Redis. */
    synchronized boolean quiet() {
        return !busy && !unsure && waiting.isEmpty();
    }

    @Nullable
    JournalException failure() {
        return failure;
    }

    @Override
    public void append(List<Entry> batch, Commit done) {
        Flight flight;
        JournalException refused;
        boolean broken;
        synchronized (this) {
            handedOver = BatchOrder.check(handedOver, batch);
            archivedAt = 0;
            long cost = desk.cost(batch);
            refused = refusal(cost);
            if (refused == null) {
                waiting.add(new Flight.Batch(List.copyOf(batch), cost, underWay, done));
            }
            broken = refused != null && refused == failure;
            flight = refused == null ? nextFlight() : null;
        }
        if (refused != null) {
            JournalException why = refused;
            desk.later(() -> {
                if (broken) {
                    // What waits before it will not be sent any more either.
                    failed(null, why);
                }
                done.done(why);
            });
        } else if (flight != null) {
            desk.send(this, flight);
        }
    }

    /** It was taken out of the archive, in which it has been since then. */
    synchronized void archivedAt(long millis) {
        archivedAt = millis;
    }

    /** Since when it would be in the archive if it were put back as it was; 0 if it was not there, or has changed. */
    synchronized long archivedAt() {
        return archivedAt;
    }

    @Override
    public synchronized void busy(boolean now) {
        underWay = now;
        rests = !now;
    }

    /** Whether it was said that nothing is under way. */
    synchronized boolean rests() {
        return rests;
    }

    private @Nullable JournalException refusal(long cost) {
        JournalException failed = failure;
        if (failed != null) {
            return failed;
        }
        if (closed || desk.isClosed()) {
            return closedBook();
        }
        if (!desk.reserve(cost)) {
            // A hole in the book would be worse than its end.
            failed = new JournalException(
                    Reason.OVERLOADED,
                    "session " + sessionId + ": too much waits for Redis (expected: producers that stop when told)");
            failure = failed;
        }
        return failed;
    }

    /** Null while another is under way. */
    private @Nullable Flight nextFlight() {
        if (busy || waiting.isEmpty()) {
            return null;
        }
        Flight flight = Flight.take(waiting, entries, last);
        flight.batches().forEach(batch -> waiting.remove());
        busy = true;
        return flight;
    }

    /** Whether the flight is the one that makes the session. */
    synchronized boolean creates() {
        return create;
    }

    /** The flight is in Redis, on as many replicas as were asked for. */
    void landed(Flight flight) {
        byte[] summary;
        synchronized (this) {
            last = StreamId.parse(flight.lastId());
            entries = flight.from() + flight.entries();
            create = false;
            unsure = false;
            summary = heldSummary;
            heldSummary = null;
        }
        if (summary != null) {
            desk.summarize(this, summary);
        }
        desk.tell(flight.batches(), null);
        next();
    }

    private void next() {
        Flight flight;
        Runnable idle = null;
        synchronized (this) {
            busy = false;
            flight = failure == null ? nextFlight() : null;
            if (flight == null) {
                idle = whenIdle.poll();
                busy = idle != null;
            }
        }
        if (flight != null) {
            desk.send(this, flight);
        } else if (idle != null) {
            idle.run();
        }
    }

    /** The flight, all that waits and all that will come fail. */
    void failed(@Nullable Flight flight, JournalException why) {
        List<Flight.Batch> lost;
        synchronized (this) {
            if (failure == null) {
                failure = why;
            }
            lost = List.copyOf(waiting);
            waiting.clear();
        }
        if (flight != null) {
            desk.tell(flight.batches(), why);
        }
        desk.tell(lost, why);
        if (flight != null) {
            next();
        }
    }

    @Override
    public void read(long afterSeq, EntryReader reader) throws JournalException {
        if ((closed && !kept) || desk.isClosed()) {
            throw closedBook();
        }
        StreamId committed = last;
        if (committed.seq() > afterSeq) {
            desk.read(sessionId, afterSeq, committed, reader);
        }
    }

    @Override
    public void summary(byte[] json) {
        synchronized (this) {
            archivedAt = 0;
            if (create) {
                heldSummary = json;
                return;
            }
        }
        if (!closed) {
            whenIdle(() -> {
                desk.summarize(this, json);
                next();
            });
        }
    }

    @Override
    public void end(End how, Commit done) {
        kept = how == End.ARCHIVE;
        closed = true;
        leaving = true;
        whenIdle(() -> desk.end(this, how, done));
    }

    @Override
    public void close() {
        closed = true;
        if (!leaving) {
            leaving = true;
            whenIdle(() -> desk.release(this));
        }
    }

    /** Takes no more, so that the session can have another book here; the lease stays. */
    void giveWay() {
        closed = true;
        whenIdle(() -> {
            markReleased();
            next();
        });
    }

    /** Runs it behind the appends made before; it must call {@link #next} unless the book ends with it. */
    private void whenIdle(Runnable task) {
        synchronized (this) {
            if (busy) {
                whenIdle.add(task);
                return;
            }
            busy = true;
        }
        task.run();
    }

    JournalException closedBook() {
        return new JournalException(Reason.CLOSED, "session " + sessionId + ": its book is closed");
    }
}
