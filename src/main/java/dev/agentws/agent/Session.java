package dev.agentws.agent;

import dev.agentws.agent.event.EscapedText;
import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.LogReader;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.Created;
import dev.agentws.agent.event.SessionEvent.Ended;
import dev.agentws.agent.event.SessionEvent.Interrupted;
import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.event.SessionEvent.TurnEnded;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.event.SessionEvent.Updated;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.event.SessionStatus;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.record.Recorder;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One conversation with an agent: its transcript, its tools, what it has said, who watches, and at most one turn at a time with a short
 * queue behind it.
 *
 * <p>Confined to {@link #loop()}, except for {@link #id}, {@link #execute} and what says otherwise. It moves to another loop only when
 * a turn begins that a connection of that loop drives.
 */
public final class Session {
    private final String id;
    private final SessionOptions options;
    private final SessionServices services;
    private final Equipment equipment;
    private final EventLog log;
    private final Audience audience = new Audience(this::pauseOrResume);
    private final long createdAtMs;

    private final HomeLoop home;

    private volatile long activeAtMs;
    private volatile boolean busy;

    private @Nullable Transcript transcript;
    private final PromptQueue queue = new PromptQueue();
    private @Nullable Turn turn;
    private final SessionAccount account;
    private @Nullable Recorder recorder;
    private boolean ended;

    Session(String id, SessionOptions options, SessionPlace place, SessionServices services, EventExecutor loop) {
        this.id = id;
        this.options = options;
        this.equipment =
                new Equipment(services, options, place, (words, text) -> new SideCall(this).answer(words, text));
        this.services = services;
        this.home = new HomeLoop(id, loop);
        this.log = new EventLog(services.allocator(), services.settings().maxLogBytes());
        this.createdAtMs = services.clock().millis();
        this.activeAtMs = createdAtMs;
        this.account = new SessionAccount();
    }

    /** One that has lived before; {@link SessionRevival} brings it to life. */
    Session(String id, SessionOptions options, SessionServices services, EventExecutor loop, StoredSession stored) {
        this.id = id;
        this.options = options;
        SessionPlace place = Objects.requireNonNull(stored.place());
        this.equipment =
                new Equipment(services, options, place, (words, text) -> new SideCall(this).answer(words, text));
        this.services = services;
        this.home = new HomeLoop(id, loop);
        this.log = new EventLog(services.allocator(), services.settings().maxLogBytes());
        log.continueAfter(stored.lastSeq());
        this.createdAtMs = stored.createdAtMs();
        this.activeAtMs = services.clock().millis();
        this.account = SessionAccount.of(stored, services.settings().prices());
        this.transcript = new Transcript(stored.messages(), this::note);
    }

    /** Has the session written down from now on. */
    void record(Book book) {
        recorder = services.records().recorder(home, book, log);
    }

    /** Writes down what no client sees; builds it only if anything is written down at all. */
    void note(Supplier<StateRecord> change) {
        Recorder writing = recorder;
        if (writing != null) {
            writing.note(change.get());
        }
    }

    /** Runs a task once all that has happened up to now is safe from a crash. */
    void whenSafe(Runnable task) {
        Recorder writing = recorder;
        if (writing == null) {
            task.run();
        } else {
            writing.whenSafe(task);
        }
    }

    @Nullable
    Recorder recorder() {
        return recorder;
    }

    /** Any thread. */
    public String id() {
        return id;
    }

    /** The loop the session lives on just now. Any thread. */
    public EventExecutor loop() {
        return home.loop();
    }

    /**
     * Runs a task on the session's loop: at once if this is it, in the order of the calls otherwise; not at all if the loop has ended, because
     * nothing is left of the session then. Any thread.
     */
    public void execute(Runnable task) {
        home.execute(task);
    }

    SessionServices services() {
        return services;
    }

    SessionOptions options() {
        return options;
    }

    String model() {
        return equipment.model();
    }

    boolean paused() {
        return audience.paused();
    }

    Equipment equipment() {
        return equipment;
    }

    Transcript transcript() {
        Transcript mine = transcript;
        if (mine == null) {
            mine = new Transcript(options.history(), this::note);
            transcript = mine;
        }
        return mine;
    }

    /** The next model call, with all that has been said so far. */
    ModelRequest request() {
        return equipment.request(transcript());
    }

    /** The session's spending so far and a turn's on top. */
    Spending spendingWith(Spending more) {
        return account.with(more);
    }

    /** Makes the session known to its first listener. */
    void begin(SessionListener creator) {
        audience.add(creator);
        note(() -> StateRecord.session(createdAtMs, options.source(), equipment.place()));
        for (Message message : options.history()) {
            note(() -> StateRecord.said(message.role(), message.blocks()));
        }
        emit(new Created(info(1)));
    }

    /** The number of the newest event. */
    public long lastSeq() {
        return log.lastSeq();
    }

    /** The number of the oldest event that can still be read. */
    public long firstSeq() {
        return log.firstSeq();
    }

    /** Shows a reader what follows {@code afterSeq}; returns the number of the last event shown. */
    public long read(long afterSeq, LogReader reader) {
        return log.read(afterSeq, reader);
    }

    /** Questions that wait for a person. */
    public List<PermissionRequest> openQuestions() {
        ToolRound round = round();
        return round == null ? List.of() : round.open();
    }

    /** From the next event on; the first one who listens to a session without a driver drives it. */
    public void listen(SessionListener listener) {
        audience.add(listener);
    }

    /** No more events. A turn goes on without its driver, and then at the model's speed. */
    public void leave(SessionListener listener) {
        audience.remove(listener);
    }

    /** The listener can, or cannot, take more just now. Only the driver's reading speed is the turn's. */
    public void ready(SessionListener listener, boolean ready) {
        audience.ready(listener, ready);
    }

    /** Whether this listener's reading speed is the turn's. */
    public boolean drives(SessionListener listener) {
        return audience.drives(listener);
    }

    private void pauseOrResume(boolean pause) {
        Turn current = turn;
        if (current != null && pause) {
            current.pause();
        } else if (current != null) {
            current.resume();
        }
    }

    /** Starts a turn, or queues the prompt behind the one that runs. */
    public Accepted prompt(Prompt prompt) {
        if (ended) {
            return Accepted.ENDED;
        }
        touch();
        if (turn == null && !home.moving()) {
            note(() -> StateRecord.prompt(prompt.promptId(), prompt.content()));
            start(prompt);
            return Accepted.STARTED;
        }
        if (!queue.add(prompt, services.settings().maxQueuedPrompts())) {
            return Accepted.BUSY;
        }
        note(() -> StateRecord.prompt(prompt.promptId(), prompt.content()));
        return Accepted.QUEUED;
    }

    private void start(Prompt prompt) {
        busy = true;
        if (prompt.loop() == home.loop()) {
            run(prompt);
            return;
        }
        home.moveTo(prompt.loop(), () -> {
            if (!ended) {
                run(prompt);
            }
        });
    }

    private void run(Prompt prompt) {
        audience.drive(prompt.sender());
        note(StateRecord::turn);
        Turn next = new Turn(this, prompt);
        turn = next;
        next.start();
    }

    @Nullable
    Turn turn() {
        return turn;
    }

    /** Called by the turn as its last deed. */
    void turnOver(TurnResult result, Spending total) {
        turn = null;
        account.turnOver(result, total);
        touch();
        log.closeRun();
        busy = queue.size() > 0;
        emit(new TurnEnded(result));
        note(() -> StateRecord.turnOver(result.promptId(), result.error(), result.durationMs()));
        if (busy) {
            // Later, so that a long queue of failing prompts does not pile up on the stack.
            home.loop().execute(this::startQueued);
        }
    }

    private void startQueued() {
        if (!ended && turn == null && !home.moving() && queue.size() > 0) {
            start(queue.next());
        }
    }

    /** Ends the turn, if one runs; queued prompts go on. */
    public void interrupt() {
        if (ended) {
            return;
        }
        touch();
        Turn current = turn;
        if (current != null) {
            current.interrupt();
        }
        emit(new Interrupted());
    }

    /** A person answers a question. Returns whether there was such an open one. */
    public boolean answer(PermissionAnswer answer) {
        ToolRound round = round();
        if (round == null || !round.answer(answer)) {
            return false;
        }
        touch();
        return true;
    }

    /** Changes how it decides about permissions from now on; open questions are looked at again. */
    public void setMode(PermissionMode mode) {
        equipment.policy().setMode(mode);
        note(() -> StateRecord.mode(mode.wireName()));
        changed();
    }

    /** Changes the model from the next call on; null for the server's. */
    public void setModel(@Nullable String model) throws Invalid {
        equipment.setModel(model);
        note(() -> StateRecord.model(equipment.model()));
        changed();
    }

    /** Tells all who watch, and looks at open questions again. */
    void changed() {
        touch();
        emit(new Updated(info(log.lastSeq() + 1)));
        ToolRound round = round();
        if (round != null) {
            round.reconsider();
        }
    }

    /** Ends the session: its turn, its processes, its listeners. Idempotent; the registry calls it. */
    void end() {
        if (ended) {
            return;
        }
        List<Prompt> waiting = queue.clear();
        Turn current = turn;
        if (current != null) {
            current.interrupt();
        }
        waiting.forEach(this::giveUp);
        ended = true;
        equipment.close();
        emit(new Ended());
        note(StateRecord::ended);
        audience.clear();
    }

    /** A prompt that no turn will take up is answered all the same. */
    private void giveUp(Prompt prompt) {
        TurnReport nothing = new TurnReport(
                this, prompt.promptId(), new Spending(services.settings().prices()));
        emit(new TurnEnded(nothing.result("interrupted", true, null, null)));
    }

    /** Whether it has ended. */
    public boolean ended() {
        return ended;
    }

    /** Numbers an event and shows it to all who listen. */
    void emit(SessionEvent event) {
        audience.onEvent(log.append(event), event);
        shown();
    }

    /** The same for a piece, without making an object of it. */
    void piece(PieceKind kind, String messageId, EscapedText text, ByteBuf bytes, int offset, int length) {
        long seq = log.appendPiece(kind, messageId, text, length);
        audience.onPiece(seq, kind, messageId, bytes, offset, length);
        shown();
    }

    private void shown() {
        Recorder writing = recorder;
        if (writing != null) {
            writing.shown();
        }
    }

    private @Nullable ToolRound round() {
        Turn current = turn;
        return current == null ? null : current.round();
    }

    private void touch() {
        activeAtMs = services.clock().millis();
    }

    /** Whether nothing has happened since {@code timeMs}; a session in a turn is never idle. Any thread. */
    boolean idleSince(long timeMs) {
        return !busy && activeAtMs <= timeMs;
    }

    /** The session as clients see it. */
    public SessionInfo info() {
        return info(log.lastSeq());
    }

    private SessionInfo info(long lastSeq) {
        Transcript said = transcript;
        return new SessionInfo(
                id,
                createdAtMs,
                activeAtMs,
                status(),
                options.echo(),
                said == null ? options.history().size() : said.size(),
                account.error(),
                account.costUsd(),
                account.turns(),
                account.durationMs(),
                equipment.model(),
                equipment.mode(),
                lastSeq,
                queue.size(),
                openQuestions().stream().map(PermissionRequest::requestId).toList(),
                services.tools().sandbox());
    }

    /** Where it stands. */
    public SessionStatus status() {
        if (ended) {
            return SessionStatus.ENDED;
        }
        return turn != null || home.moving() ? SessionStatus.PROCESSING : SessionStatus.IDLE;
    }
}
