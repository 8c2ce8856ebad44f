package dev.agentws.agent.record;

import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a session down: what it has shown, or is about to show, and what it needs to go on, in the order in which it happened, some
 * milliseconds later and in batches, or at once where somebody waits for it. Confined to the session's loop.
 */
public final class Recorder implements Delivery.Ear {
    private static final long BUSY_MS = 50;
    /** How long nothing happens to a session before it is at rest. */
    private static final long REST_MS = 500;

    private final Home home;
    private final EventLog log;
    private final BookEntries entries;
    private final SessionRecords records;
    private final Delivery delivery;
    private final Past past;
    private final Progress progress;
    private final Deque<Waiter> waiters = new ArrayDeque<>(0);
    /** Made once, because a session at work lines up every 40 ms. */
    private final Runnable due = this::due;

    private long handedOver;
    private long committed;
    private boolean scheduled;
    private boolean soon;
    /** Where it stands in line, and since which round, if it does. */
    private @Nullable Scribe line;

    private int since;
    private int place;
    /** The number at which its book says that nobody has seen more, by a hole or a rest; -1 when somebody may have. */
    private long closedAt;

    private boolean restDue;
    private long quietSinceNanos;

    private boolean closed;
    private boolean ended;
    private @Nullable Boolean summarizedBusy;
    private @Nullable JournalException failure;

    /** The session's loop, whichever that is when the time comes. */
    public interface Home {
        void execute(Runnable task);

        void executeAfter(long delayMs, Runnable task);

        /** The time its timers go by. */
        long nanos();

        /** The loop we are on, if it is the session's; null while the session is on its way to another. Any thread. */
        @Nullable
        ScheduledExecutorService here();
    }

    /** Hears how the writing goes. On the session's loop. */
    public interface Progress {
        /** All that has happened up to this number is safe, or never will be: clients may see it. */
        void committed(long upToSeq);

        /** Whether something is under way that somebody has to take up if this process dies. */
        boolean busy();

        /** How the session is shown in listings; null when it is in none. */
        @Nullable
        SessionEvent summary();

        /** Writing does not keep up, or does again: whoever makes more must wait. */
        void slow(boolean now);
    }

    /** Somebody who waits until so many batches are safe. */
    private record Waiter(long batch, Runnable task, Runnable lost) {}

    Recorder(Home home, Book book, EventLog log, Holes holes, SessionRecords records, Progress progress) {
        this.home = home;
        this.log = log;
        this.entries = new BookEntries(book.sessionId(), records.format(), log);
        this.records = records;
        this.delivery = new Delivery(home, book, records, this);
        this.past = new Past(home, delivery, () -> failure != null, records.ownership() == Ownership.ALONE);
        this.progress = progress;
        this.closedAt = holes.closedAt(log.lastSeq()) ? log.lastSeq() : -1;
        log.keepFrom(log.lastSeq() + 1);
        attend();
        nothingUnderWay();
    }

    /**
     * Whether what happens is shown only once it is committed. So is everywhere the first that follows a hole or a rest: as long as a book
     * ends in one, nobody has seen more, and no hole is needed. Also if nothing is written any more: what was shown then would get numbers
     * that the next life gives to something else.
     */
    public boolean commitsFirst() {
        return records.commitFirst() || closedAt >= 0;
    }

    /** Sees to it that the book says so, once nothing has happened for a while: then a kill leaves nobody in doubt. */
    private void nothingUnderWay() {
        quietSinceNanos = home.nanos();
        if (!restDue && !commitsFirst()) {
            restAfter(REST_MS);
        }
    }

    private void restAfter(long delayMs) {
        restDue = true;
        home.executeAfter(delayMs, this::rest);
    }

    private void rest() {
        boolean quiet = settled() && !closed && !progress.busy();
        restDue = false;
        if (!quiet || commitsFirst()) {
            return;
        }
        long left = REST_MS - TimeUnit.NANOSECONDS.toMillis(home.nanos() - quietSinceNanos);
        if (left > 0) {
            restAfter(left);
        } else {
            closedAt = log.lastSeq();
            progress.committed(closedAt);
            attend();
            note(StateRecord.rest());
        }
    }

    /**
     * A piece was shown. All that its session needs is at hand now, so what has waited for a round is handed over at once; otherwise it
     * costs a look at a number.
     */
    public void pieceShown() {
        Scribe in = line;
        if (in != null && in.round() != since && home.here() == in.loop() && in.leave(since, place, due)) {
            // As in its turn: what goes wrong there is no fault of the answer that is under way.
            Scribe.run(due);
        } else {
            shown();
        }
    }

    /** Something has happened. */
    public void shown() {
        if (commitsFirst() && delivery.idle()) {
            // Clients wait for it. While a batch is under way the next one gathers.
            if (!soon) {
                soon = true;
                home.executeAfter(0, this::dueSoon);
            }
        } else if (!scheduled) {
            scheduled = true;
            lineUp();
        }
    }

    private void lineUp() {
        ScheduledExecutorService loop = home.here();
        if (loop == null) {
            home.execute(this::lineUp);
        } else {
            Scribe in = records.scribes().of(loop);
            line = in;
            since = in.round();
            place = in.lineUp(due);
        }
    }

    /** It has changed how listings show the session, so those of other nodes have to hear of it. */
    public void changed() {
        summarizedBusy = null;
    }

    /** Something that no client sees. */
    public void note(StateRecord record) {
        entries.note(record);
        shown();
    }

    /**
     * Runs a task once all that has happened up to now is safe, and the session is certainly ours. If writing has failed for good, waiting
     * would not help: it runs at once, or never where nothing counts that is not committed.
     */
    public void whenSafe(Runnable task) {
        whenSafe(task, () -> {});
    }

    /**
     * The same for one who wants to know.
     *
     * @param lost runs in place of the task if nothing is written any more, and nobody here knows whether this still was
     */
    public void whenSafe(Runnable task, Runnable lost) {
        flush();
        if (failure != null && commitsFirst()) {
            lost.run();
        } else if (failure != null || committed == handedOver) {
            whenOurs(task);
        } else {
            waiters.add(new Waiter(handedOver, task, lost));
            delivery.hurry();
            attend();
        }
    }

    private void attend() {
        delivery.attend(commitsFirst() || !waiters.isEmpty());
    }

    private void whenOurs(Runnable task) {
        // Of a session that has ended nobody is the owner any more, but who ended it has to hear so.
        if (ended || records.ownership().holds(delivery.book().sessionId())) {
            task.run();
        } else if (failure == null && !closed) {
            home.executeAfter(BUSY_MS, () -> whenOurs(task));
        }
    }

    private void due() {
        if (home.here() == null) {
            home.execute(this::due);
        } else {
            handOver();
        }
    }

    private void handOver() {
        line = null;
        scheduled = false;
        flush();
    }

    private void dueSoon() {
        soon = false;
        flush();
    }

    /** Hands over what has happened since the last time. */
    private void flush() {
        if (failure != null) {
            return;
        }
        // While the session is at hand; and before anything is taken, as what is heard may hand over more.
        delivery.look();
        ScheduledExecutorService loop = home.here();
        Scribe scribe = loop == null ? null : records.scribes().of(loop);
        List<Entry> batch = entries.take(scribe == null ? new FrameRecords() : scribe.frames());
        if (!batch.isEmpty()) {
            boolean busy = progress.busy();
            // The first that is shown behind a hole or a rest outlives a loss of power: else the book could end there
            // once more, although somebody has seen what followed.
            boolean durable = closedAt >= 0 && entries.taken() > closedAt;
            delivery.add(++handedOver, batch, entries.taken(), busy, durable, scribe);
            summarize(busy);
        }
    }

    /** For listings of other nodes: when the session begins to work, when it is through, and when it {@link #changed}. */
    private void summarize(boolean busy) {
        SessionEvent summary = Boolean.valueOf(busy).equals(summarizedBusy) || records.ownership() == Ownership.ALONE
                ? null
                : progress.summary();
        if (summary != null) {
            summarizedBusy = busy;
            show(summary);
        }
    }

    @Override
    public void committed(long batches, long upToSeq) {
        committed = batches;
        log.keepFrom(upToSeq + 1);
        if (upToSeq > closedAt) {
            closedAt = -1;
        }
        progress.committed(upToSeq);
        tellWaiters();
        attend();
        if (!progress.busy()) {
            nothingUnderWay();
        }
        if (commitsFirst() && delivery.idle()) {
            flush();
        }
    }

    @Override
    public void failed(JournalException why) {
        failure = why;
        // Nothing will ever be read from the book again, so memory is all there is, and it has its limit.
        log.keepFrom(Long.MAX_VALUE);
        progress.slow(commitsFirst());
        List<Waiter> lost = commitsFirst() ? List.copyOf(waiters) : List.of();
        if (commitsFirst()) {
            waiters.clear();
        } else {
            progress.committed(log.lastSeq());
        }
        tellWaiters();
        if (!ended) {
            records.ownership().lost(delivery.book().sessionId());
        }
        lost.forEach(each -> each.lost().run());
    }

    @Override
    public void slow(boolean now) {
        progress.slow(now);
    }

    @Override
    public boolean awaited() {
        return !waiters.isEmpty();
    }

    private void tellWaiters() {
        while (!waiters.isEmpty() && (failure != null || waiters.peek().batch() <= committed)) {
            whenOurs(waiters.remove().task());
        }
    }

    /** Whether nothing new should begin, because it could not be written down soon. Who asks will ask again, so that is looked into. */
    public boolean slow() {
        delivery.hurry();
        return failure == null ? delivery.slow() : commitsFirst();
    }

    /** Whether no other process could carry the session on. */
    public boolean alone() {
        return records.ownership() == Ownership.ALONE;
    }

    /** Why nothing more is written; null while all is well, or may be again. */
    public @Nullable JournalException failure() {
        return failure;
    }

    /** Reads a stretch of what was shown after {@code afterSeq} from the book, see {@link Past#read}. */
    public void readEarlier(long afterSeq, Executor workers, Consumer<@Nullable StoredFrames> then) {
        past.read(afterSeq, workers, then);
    }

    /**
     * Writes the rest and puts the book away, as the journal's settings say.
     *
     * @param last as the session is shown in listings from now on
     */
    public void end(SessionEvent last) {
        flush();
        closed = true;
        ended = true;
        if (records.ended() == End.ARCHIVE) {
            show(last);
        }
        delivery.end(records.ended());
    }

    /** Whether all that has happened is written, and the book takes more. */
    public boolean settled() {
        delivery.look();
        return failure == null && !scheduled && !soon && delivery.idle() && !delivery.mending();
    }

    /** The session is shown like this in listings from now on, whatever they showed before. */
    public void show(SessionEvent now) {
        Book book = delivery.book();
        book.summary(records.format().json(book.sessionId(), log.lastSeq(), now));
    }

    /**
     * Writes the rest and lets go of the book.
     *
     * @param asleep how the session is shown from now on, if it can stay asleep until somebody wants it; otherwise null
     */
    public void close(@Nullable SessionEvent asleep) {
        flush();
        closed = true;
        if (asleep != null && failure == null && !delivery.mending()) {
            show(asleep);
        }
        delivery.book().busy(progress.busy());
        delivery.close();
    }
}
