package dev.agentws.agent;

import dev.agentws.agent.cost.Spending;
import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.Created;
import dev.agentws.agent.event.SessionEvent.Interrupted;
import dev.agentws.agent.event.SessionEvent.Prompted;
import dev.agentws.agent.event.SessionEvent.Resumed;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.event.SessionEvent.TurnEnded;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.event.SessionEvent.Updated;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.event.SessionStatus;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.record.SessionLabel;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.transcript.Transcript;
import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
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
    private final Story story;
    private final HomeLoop home;

    private final Activity activity;
    private final Conversation conversation;
    private final Prompts prompts;
    private @Nullable Turn turn;
    private final SessionAccount account;
    private boolean ended;

    /** @param past what its turns have come to in an earlier life */
    Session(
            String id,
            SessionOptions options,
            SessionPlace place,
            SessionServices services,
            EventExecutor loop,
            SessionRevival.Past past) {
        this.id = id;
        this.options = options;
        this.equipment =
                new Equipment(services, options, place, (words, text) -> new SideCall(this).answer(words, text));
        this.services = services;
        this.home = new HomeLoop(id, loop);
        this.story = new Story(new EventLog(services.allocator(), services.maxLogBytes()), this::pauseOrResume);
        this.activity = new Activity(services.clock(), past.changedAtMs());
        this.account = past.account();
        this.prompts = new Prompts(past.finished());
        this.conversation = new Conversation(this);
    }

    /** Has the session written down from now on. */
    void record(Book book) {
        story.record(services.records(), home, book, () -> !idleSince(Long.MAX_VALUE), () -> new Updated(info()));
    }

    /** It is no longer as it was: in its next life, too, it was now that it changed. */
    private void changes() {
        activity.now();
        note(() -> StateRecord.changed(activity.atMs()));
    }

    /** Writes down what no client sees; builds it only if anything is written down at all. */
    void note(Supplier<StateRecord> change) {
        story.note(change);
    }

    /** What it shows, and who watches. On its loop. */
    public Story story() {
        return story;
    }

    /** Any thread. */
    public String id() {
        return id;
    }

    /** The loop the session lives on just now. Any thread. */
    public EventExecutor loop() {
        return home.loop();
    }

    /** Runs a task on the session's loop: at once if this is it, else in the order of the calls; not at all if the loop has ended. Any thread. */
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

    Equipment equipment() {
        return equipment;
    }

    Transcript transcript() {
        return conversation.transcript();
    }

    /** What has been said so far. */
    public Conversation conversation() {
        return conversation;
    }

    /** The next model call, with all that has been said so far. */
    ModelRequest request() {
        return conversation
                .compaction()
                .readable(equipment.request(transcript()).in(id));
    }

    /** The session's spending so far and a turn's on top. */
    Spending spendingWith(Spending more) {
        return account.with(more);
    }

    /** Makes the session known to its first listener. */
    void begin(SessionListener creator) {
        story.begin(creator, new Created(info(1)));
    }

    /** What its book begins with. */
    List<Entry> beginning(StateRecord first) {
        return story.beginning(services.records(), id, conversation.beginning(first), new Created(info(1)));
    }

    /** Questions that wait for a person. */
    public List<OpenQuestion> openQuestions() {
        ToolRound round = round();
        return round == null ? List.of() : round.open();
    }

    private void pauseOrResume(boolean pause) {
        Turn current = turn;
        if (current != null) {
            current.paused(pause);
        }
    }

    /** Starts a turn, or queues the prompt behind the one that runs; whoever sends that one again has come back, and drives it. */
    public Accepted prompt(Prompt prompt) {
        if (ended) {
            return Accepted.ENDED;
        }
        Accepted known = prompts.known(prompt.promptId());
        if (turn != null && prompts.atWork(prompt.promptId())) {
            story.drive(prompt.sender());
        }
        if (known != null || story.overloaded()) {
            return known == null ? Accepted.OVERLOADED : known;
        }
        Accepted accepted = prompts.take(prompt, resting(), services.settings().maxQueuedPrompts());
        if (accepted == Accepted.STARTED || accepted == Accepted.QUEUED) {
            changes();
            label().prompted(prompt.content());
            note(() -> StateRecord.prompt(prompt.promptId(), prompt.content()));
        }
        if (accepted == Accepted.STARTED) {
            start(prompt);
        }
        return accepted;
    }

    /** The number of the result of the prompt of that name, if it is {@link Accepted#OVER}. */
    public long resultOf(@Nullable String promptId) {
        return prompts.resultOf(promptId);
    }

    private void start(Prompt prompt) {
        activity.busy(true);
        home.comeTo(prompt.loop(), () -> run(prompt));
    }

    private void run(Prompt prompt) {
        if (ended) {
            return;
        }
        story.drive(prompt.sender());
        note(StateRecord::turn);
        Turn next = new Turn(this, prompt, new Spending(services.settings().prices()));
        turn = next;
        if (options.prompts()) {
            emit(new Prompted(prompt.promptId(), prompt.content()));
        }
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
        changes();
        story.rest();
        activity.busy(prompts.waiting() > 0);
        prompts.over(result.promptId(), emit(new TurnEnded(result)));
        if (prompts.waiting() > 0) {
            // Later, so that a long queue of failing prompts does not pile up on the stack.
            home.loop().execute(this::startQueued);
        }
    }

    /** Starts the oldest prompt that waits, if none is at work and another node is not about to do it. */
    void startQueued() {
        boolean stays = !services.records().ownership().leaving();
        if (stays && !ended && turn == null && !home.moving() && prompts.waiting() > 0) {
            start(prompts.next());
        }
    }

    /** Ends the turn, if one runs; queued prompts go on. */
    public void interrupt() {
        if (ended) {
            return;
        }
        changes();
        Turn current = turn;
        if (current != null) {
            current.stop(Stop.INTERRUPTED);
        }
        emit(new Interrupted());
    }

    /** A person answers a question. Returns whether there was such an open one. */
    public boolean answer(PermissionAnswer answer) {
        ToolRound round = round();
        if (round == null || !round.answer(answer)) {
            return false;
        }
        changes();
        return true;
    }

    /** What people know it by. */
    public SessionLabel label() {
        return account.label();
    }

    /** What clients may choose anew. */
    public Choices choices() {
        return new Choices(this);
    }

    /** Tells all who watch, and looks at open questions again. */
    void changed() {
        changes();
        emit(new Updated(info(story.lastNumber() + 1)));
        ToolRound round = round();
        if (round != null) {
            round.reconsider();
        }
    }

    /** It had ended, and goes on. */
    void resumed() {
        note(StateRecord::resumed);
        changes();
        emit(new Resumed(info(story.lastNumber() + 1)));
    }

    /** Ends what its tools run just now, because another process may go on with it. */
    public void halt() {
        equipment.halt();
    }

    /** Ends the session: its turn, its processes, its listeners. Idempotent; the registry calls it. */
    void end() {
        if (!ended) {
            new SessionEnding(this).end();
        }
    }

    /**
     * The process ends, and the session goes on in the next.
     *
     * @param done called once clients may see the last of it
     */
    void suspend(Runnable done) {
        if (ended) {
            done.run();
        } else {
            new SessionEnding(this).suspend(done);
        }
    }

    /** Falls asleep, if nothing speaks against it: then what is known of it until it wakes, otherwise null. */
    @Nullable
    SessionInfo sleep() {
        return ended ? null : new SessionEnding(this).sleep();
    }

    void over() {
        ended = true;
    }

    /** Whether nothing is under way that would have to be taken up; between two turns of the queue something is. */
    boolean resting() {
        return turn == null && !home.moving() && prompts.waiting() == 0;
    }

    /** Somebody has something for it: it stays awake until they {@link #leave}. False if it falls asleep just now. Any thread. */
    public boolean enter() {
        return activity.enter();
    }

    /** Any thread. */
    public void leave() {
        activity.leave();
    }

    Activity activity() {
        return activity;
    }

    Prompts prompts() {
        return prompts;
    }

    /** Has a turn of an earlier life as its own. */
    void goOn(Turn revived, Prompt prompt) {
        activity.busy(true);
        prompts.goOn(prompt);
        turn = revived;
    }

    /** Puts back a prompt that waited in an earlier life. */
    void waiting(Prompt prompt) {
        prompts.add(prompt);
        activity.busy(true);
    }

    public boolean ended() {
        return ended;
    }

    /** Numbers an event and shows it to all who listen; returns its number. */
    long emit(SessionEvent event) {
        return story.emit(event);
    }

    private @Nullable ToolRound round() {
        Turn current = turn;
        return current == null ? null : current.round();
    }

    /** Whether nothing has happened since {@code timeMs}; a session in a turn is never idle. Any thread. */
    boolean idleSince(long timeMs) {
        return activity.idleSince(timeMs);
    }

    /** The session as clients see it. */
    public SessionInfo info() {
        return info(story.lastSeq());
    }

    /** The same when the newest event is that one. */
    SessionInfo info(long lastSeq) {
        return account.info(this, activity.atMs(), lastSeq, prompts.waiting());
    }

    /** Where it stands. */
    public SessionStatus status() {
        if (ended) {
            return SessionStatus.ENDED;
        }
        return resting() ? SessionStatus.IDLE : SessionStatus.PROCESSING;
    }
}
