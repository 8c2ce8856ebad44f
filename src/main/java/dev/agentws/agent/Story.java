package dev.agentws.agent;

import dev.agentws.agent.event.Audience;
import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.EventWatcher;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.event.Wheel;
import dev.agentws.agent.record.Heard;
import dev.agentws.agent.record.Holes;
import dev.agentws.agent.record.Recorder;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.record.StoredFrames;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a session shows: numbered, kept for those who come late, written down if sessions are, and seen by all who listen. One of them
 * may be its driver: the session goes no faster than the driver reads, nor than it can be written down. Where clients see only what is
 * committed, they are told when there is more, and read it. Confined to the session's loop.
 */
public final class Story implements Recorder.Progress {
    private final EventLog log;
    private final Audience audience = new Audience();
    /** Who sees all at once, whether it is committed or not. */
    private @Nullable EventWatcher observer;

    private final Wheel wheel;
    private @Nullable Recorder recorder;
    private boolean commitFirst;
    private long committed;
    private BooleanSupplier busy = () -> false;
    private @Nullable Supplier<SessionEvent> shownAs;
    private @Nullable Heard heard;
    private Holes holes = new Holes();

    /** @param pace is told when the session has to wait, and when it may go on */
    Story(EventLog log, Wheel.Pace pace) {
        this.log = log;
        this.wheel = new Wheel(pace, log);
    }

    /** Goes on after an earlier life of the session. */
    void continueAfter(StoredSession stored) {
        log.continueAfter(stored.lastSeq());
        committed = stored.lastSeq();
        holes = stored.holes();
        heard = stored.heard();
    }

    /** The last command of another node that was carried out, or null. */
    public @Nullable String heard() {
        return heard == null ? null : heard.commandId();
    }

    /** What its sender is told. */
    public byte[] heardOutcome() {
        return heard == null ? new byte[0] : heard.outcome();
    }

    /** Writes down that a command of another node was heard, together with what it does: it is not carried out a second time. */
    public void hear(String commandId) {
        heard(commandId, null);
    }

    /** The command that was heard last could not be carried out. */
    public void refused(String commandId, byte[] outcome) {
        heard(commandId, outcome);
    }

    private void heard(String commandId, byte @Nullable [] outcome) {
        heard = Heard.of(commandId, outcome);
        note(() -> StateRecord.heard(commandId, outcome));
    }

    /**
     * Has it written down from now on.
     *
     * @param underWay whether the session is in a turn, or has one before it
     * @param summary how it is shown in listings
     */
    void record(
            SessionRecords records,
            Recorder.Home home,
            Book book,
            BooleanSupplier underWay,
            Supplier<SessionEvent> summary) {
        busy = underWay;
        shownAs = summary;
        Recorder writing = records.recorder(home, book, log, holes, this);
        recorder = writing;
        commitFirst = writing.commitsFirst();
        committed = log.lastSeq();
    }

    /** What its book begins with; nobody has seen it yet. */
    List<Entry> beginning(SessionRecords records, String id, List<StateRecord> notes, SessionEvent created) {
        return records.beginning(id, log, notes, created);
    }

    /** Makes it known to its first listener, if its book has not begun with that as its first event. */
    void begin(SessionListener creator, SessionEvent created) {
        listen(creator);
        if (log.lastSeq() == 0) {
            emit(created);
        } else {
            creator.onEvent(log.lastSeq(), created);
        }
    }

    /** From the next event on. Where what is missed could not be read again later, the first one who comes drives if nobody does. */
    public void listen(SessionListener listener) {
        audience.add(listener);
        if (wheel.isFree() && !written()) {
            drive(listener);
        }
    }

    /** For one who only looks on and never drives: sees events when they happen. */
    void watch(EventWatcher watcher) {
        observer = watcher;
    }

    /** No more events. A turn goes on without its driver, and then at the model's speed. */
    public void leave(SessionListener listener) {
        audience.remove(listener);
        wheel.takeFrom(listener);
    }

    /** Hands the wheel to whose turn it is; if they do not listen, to nobody, because all others only look on. */
    void drive(SessionListener next) {
        wheel.give(audience.has(next) ? next : null);
    }

    /** Whether this listener's reading speed is the turn's. */
    public boolean drives(SessionListener listener) {
        return wheel.isWith(listener);
    }

    /**
     * The listener can, or cannot, take more just now. Only the driver's reading speed is the turn's.
     *
     * @param shown the number of the last event it has taken
     */
    public void ready(SessionListener listener, boolean ready, long shown) {
        wheel.ready(listener, ready, shown);
    }

    /** Whether the session has to wait, for its driver or for the disk. */
    boolean paused() {
        return wheel.paused();
    }

    /** Whether nothing new should begin, because it could not be written down soon. */
    boolean overloaded() {
        Recorder writing = recorder;
        return writing != null && writing.slow();
    }

    @Override
    public boolean busy() {
        return busy.getAsBoolean();
    }

    @Override
    public @Nullable SessionEvent summary() {
        return shownAs == null ? null : shownAs.get();
    }

    @Override
    public void slow(boolean now) {
        wheel.diskSlow(now);
    }

    @Override
    public void committed(long upToSeq) {
        committed = upToSeq;
        boolean waiting = commitFirst;
        commitFirst = recorder != null && recorder.commitsFirst();
        if (waiting) {
            audience.committed();
        }
    }

    /** Numbers an event and shows it to all who listen; returns its number. */
    long emit(SessionEvent event) {
        long seq = log.append(event);
        if (!commitFirst) {
            audience.event(seq, event);
        }
        EventWatcher watching = observer;
        if (watching != null) {
            watching.onEvent(seq, event);
        }
        Recorder writing = recorder;
        if (writing != null) {
            if (event.kind() == SessionEvent.Kind.UPDATED) {
                writing.changed();
            }
            writing.shown();
        }
        return seq;
    }

    /** The same for a piece, without making an object of it. */
    void piece(PieceKind kind, String messageId, EscapedText text, ByteBuf bytes, int offset, int length) {
        long seq = log.appendPiece(kind, messageId, text, length);
        if (!commitFirst) {
            audience.piece(seq, kind, messageId, bytes, offset, length);
        }
        Recorder writing = recorder;
        if (writing != null) {
            writing.pieceShown();
        }
    }

    /** Writes down what no client sees; builds it only if anything is written down at all. */
    void note(Supplier<StateRecord> change) {
        Recorder writing = recorder;
        if (writing != null) {
            writing.note(change.get());
        }
    }

    /** Runs a task once all that has happened up to now is safe from a crash. */
    public void whenSafe(Runnable task) {
        whenSafe(task, () -> {});
    }

    /** The same; runs {@code lost} instead if nothing is written any more, and nobody here knows whether this still was. */
    public void whenSafe(Runnable task, Runnable lost) {
        Recorder writing = recorder;
        if (writing == null) {
            task.run();
        } else {
            writing.whenSafe(task, lost);
        }
    }

    /** A turn is over: nothing grows for now. */
    void rest() {
        log.closeRun();
    }

    /** The number of the newest event that clients may see. */
    public long lastSeq() {
        return commitFirst ? committed : log.lastSeq();
    }

    /** The number of the newest event, which may not be committed yet. */
    public long lastNumber() {
        return log.lastSeq();
    }

    /** After which number a reader goes on who asks for what follows {@code afterSeq}: another one if that is not there, or may be lost. */
    public long goOnAfter(long afterSeq) {
        return holes.behind(Math.max(Math.min(afterSeq, lastSeq()), firstSeq() - 1));
    }

    /** The number of the oldest event that can still be read, here or in the book. */
    public long firstSeq() {
        return written() ? 1 : log.firstSeq();
    }

    /** Whether all of it can be read in its book. */
    private boolean written() {
        Recorder writing = recorder;
        return writing != null && writing.failure() == null;
    }

    /** The number of the oldest event that {@link #read} knows. What is older is read by {@link #readEarlier}. */
    public long heldFrom() {
        return log.firstSeq();
    }

    /** Shows a reader what follows {@code afterSeq}; returns the number of the last event shown. */
    public long read(long afterSeq, LogReader reader) {
        return log.read(afterSeq, lastSeq(), reader);
    }

    /**
     * Reads a stretch of what follows {@code afterSeq} in the session's book, on a worker.
     *
     * @param then called later on the session's loop; with null when it cannot be read
     */
    public void readEarlier(long afterSeq, SessionServices.Workers workers, Consumer<@Nullable StoredFrames> then) {
        Recorder writing = recorder;
        if (writing == null) {
            then.accept(null);
        } else {
            writing.readEarlier(afterSeq, workers::submit, then);
        }
    }

    /** Another process carries the session on: whoever listens, or comes late, has to look there. */
    void lost() {
        audience.lost();
    }

    /** Nobody listens any more. */
    void clear() {
        audience.clear();
        wheel.drop();
    }

    /**
     * Writes the rest and lets go of the book, which stays as it is: the session will go on in another life.
     *
     * @param asleep how it is shown until then, if nothing of it has to be taken up; otherwise null
     * @param written called once clients may see all of it
     */
    void close(@Nullable SessionEvent asleep, Runnable written) {
        // Where nothing is written any more they see no more of it, and nobody waits for that.
        whenSafe(written, written);
        Recorder writing = recorder;
        if (writing != null) {
            writing.close(asleep);
        }
    }

    /** Whether anybody listens. Any thread. */
    boolean watched() {
        return audience.present();
    }

    /** Whether all of it is written down, so that it could be told again by the book alone. */
    boolean settled() {
        Recorder writing = recorder;
        return writing != null && writing.settled();
    }

    /** It is no longer asleep, for whoever finds the book if this process dies. */
    public void awake() {
        Recorder writing = recorder;
        SessionEvent now = summary();
        if (writing != null && now != null) {
            writing.show(now);
        }
    }

    /**
     * Writes the rest and puts the book away; nobody listens any more once all has been shown.
     *
     * @param last as the session is shown from now on
     */
    void end(SessionEvent last) {
        Recorder writing = recorder;
        if (writing == null || writing.failure() != null) {
            over();
        } else {
            // Where there is no other process that could carry it on, its end is told although it is not written.
            writing.whenSafe(this::over, writing.alone() ? this::over : this::lost);
        }
        if (writing != null) {
            writing.end(last);
        }
    }

    private void over() {
        committed(log.lastSeq());
        clear();
    }
}
