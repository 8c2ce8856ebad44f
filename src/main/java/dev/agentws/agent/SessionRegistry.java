package dev.agentws.agent;

import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.agent.record.Ownership;
import dev.agentws.agent.record.SessionLabel;
import dev.agentws.agent.record.SharedTexts;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import dev.agentws.journal.Journal;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All sessions of this process. Thread-safe, and the only thing that the sessions of different loops share. */
public final class SessionRegistry {
    private final SessionServices services;
    private final ConcurrentMap<String, Slot> slots = new ConcurrentHashMap<>();
    /** Places of sessions that are awake, or about to be. */
    private final AtomicInteger taken = new AtomicInteger();

    private final SharedTexts texts = new SharedTexts();
    private final @Nullable SessionObserver observer;
    private final long startedAtMs;

    private static final Occupant NOBODY = new Occupant(null, null);
    /** A place kept free while a session's options are held against the disk. Given back by {@link #release}. */
    public static final class Slot {
        private final String id;
        private volatile Occupant occupant = NOBODY;
        private volatile @Nullable SessionLabel label;
        private volatile long createdAtMs;
        /** Whose book begins, before it is open. */
        private volatile @Nullable Session made;

        private Slot(String id) {
            this.id = id;
        }

        public String id() {
            return id;
        }

        public void label(SessionLabel its) {
            label = its;
        }

        private SessionLabel label() {
            SessionLabel chosen = label;
            return chosen == null ? new SessionLabel() : chosen;
        }

        private @Nullable Session session() {
            return occupant.session;
        }

        private @Nullable SessionInfo asleep() {
            return occupant.asleep;
        }
    }

    /** Who is in a place: a session, or one that sleeps. */
    private record Occupant(
            @Nullable Session session, @Nullable SessionInfo asleep) {}

    /** What became of a wish for a session. */
    public enum Refusal {
        /** There is one of that id. */
        EXISTS,
        /** The server holds as many as it may. */
        FULL,
        /** It could not be written down. */
        UNWRITTEN
    }

    public SessionRegistry(SessionServices services, @Nullable SessionObserver observer) {
        this.services = services;
        this.observer = observer;
        this.startedAtMs = services.clock().millis();
    }

    /** Takes a place for a session; tells {@code refused} why there is none and returns null otherwise. */
    public @Nullable Slot reserve(@Nullable String wishedId, Consumer<Refusal> refused) {
        if (!takePlace()) {
            refused.accept(Refusal.FULL);
            return null;
        }
        Slot slot = new Slot(wishedId == null ? services.ids().sessionId() : wishedId);
        if (slots.putIfAbsent(slot.id, slot) != null) {
            taken.decrementAndGet();
            refused.accept(Refusal.EXISTS);
            return null;
        }
        slot.createdAtMs = services.clock().millis();
        return slot;
    }

    /** Counts one more session that is awake, unless there are as many as may be. */
    boolean takePlace() {
        int most = services.settings().maxSessions();
        return taken.getAndUpdate(count -> count < most ? count + 1 : count) < most;
    }

    void givePlace() {
        taken.decrementAndGet();
    }

    /** Gives back a place that no session came to. */
    public void release(Slot slot) {
        if (slots.remove(slot.id, slot)) {
            taken.decrementAndGet();
        }
    }

    /** Whether sessions are written down, so that each needs {@link #claim} before {@link #open}. */
    public boolean writesDown() {
        return services.records().journal() != null;
    }

    /**
     * Begins the session's book, if sessions are written down.
     *
     * @param then called on {@code loop}, once, with null if all is well
     */
    public void claim(
            Slot slot,
            SessionOptions options,
            SessionPlace place,
            EventExecutor loop,
            Consumer<@Nullable Refusal> then) {
        Journal journal = services.records().journal();
        if (journal == null) {
            then.accept(null);
        } else {
            Session session = make(slot, options, place, loop);
            slot.made = session;
            StateRecord first = StateRecord.session(slot.createdAtMs, options.source(), place, slot.label());
            new BookClaim(services.records(), journal, session).begin(first, loop, then);
        }
    }

    private Session make(Slot slot, SessionOptions options, SessionPlace place, EventExecutor loop) {
        SessionRevival.Past none = SessionRevival.Past.none(slot.createdAtMs);
        Session session = new Session(slot.id, options, place, services, loop, none);
        session.label().copy(slot.label());
        return session;
    }

    /**
     * Opens the session in its place.
     *
     * @param creator makes the first listener, which is told at once that the session exists
     * @param loop the session's first loop; this is called on it
     */
    public Session open(
            Slot slot,
            SessionOptions options,
            SessionPlace place,
            Function<Session, ? extends SessionListener> creator,
            EventExecutor loop) {
        Session made = slot.made;
        Session session = made == null ? make(slot, options, place, loop) : made;
        slot.made = null;
        slot.occupant = new Occupant(session, null);
        session.begin(creator.apply(session));
        if (services.records().ownership() != Ownership.ALONE) {
            session.story().awake();
        }
        if (observer != null) {
            session.story().watch(observer.opened(session));
        }
        return session;
    }

    /** One of an earlier process sleeps on: only its book has it. */
    public void sleeps(SessionInfo asleep) {
        Slot slot = new Slot(asleep.id());
        slot.occupant = new Occupant(null, texts.lean(asleep));
        slots.putIfAbsent(slot.id, slot);
    }

    /** Lets go of a session that has gone to sleep. On its loop. */
    void fellAsleep(Session session, SessionInfo asleep) {
        Slot slot = slots.get(session.id());
        if (slot != null && slot.session() == session) {
            if (services.records().ownership() == Ownership.ALONE) {
                slot.label = null;
                slot.occupant = new Occupant(null, texts.lean(asleep));
                givePlace();
            } else {
                // It is as little ours now as any other node's.
                release(slot);
            }
            if (observer != null) {
                observer.fellAsleep(session);
            }
        }
    }

    /** What is known of a session that sleeps; null when it does not. */
    public @Nullable SessionInfo sleeper(String id) {
        Slot slot = slots.get(id);
        return slot == null ? null : slot.asleep();
    }

    /** Shows each session once, awake or asleep, also one that wakes or falls asleep meanwhile. */
    public void each(Consumer<Session> awake, Consumer<SessionInfo> asleep) {
        for (Slot slot : slots.values()) {
            Occupant found = slot.occupant;
            if (found.session != null) {
                awake.accept(found.session);
            } else if (found.asleep != null) {
                asleep.accept(found.asleep);
            }
        }
    }

    /** Whether there is such a session, awake or asleep. */
    public boolean has(String id) {
        Slot slot = slots.get(id);
        return slot != null && !slot.occupant.equals(NOBODY);
    }

    void forget(String id) {
        if (sleeper(id) != null) {
            slots.remove(id);
        }
    }

    /**
     * Brings a session of an earlier life back.
     *
     * @param stored what its book says
     * @param loop on which it will live; this is called on it
     */
    public Session revive(
            StoredSession stored,
            SessionOptions options,
            Book book,
            PermissionUpdateReader updates,
            EventExecutor loop) {
        Slot bed = slots.get(book.sessionId());
        boolean inBed = bed != null && bed.asleep() != null;
        Slot slot = bed == null || !inBed ? newPlace(book.sessionId()) : bed;
        try {
            Session session = SessionRevival.session(stored, options, book, services, loop);
            observe(session, stored);
            new SessionRevival(session, stored, updates).run();
            slot.occupant = new Occupant(session, null);
            return session;
        } catch (RuntimeException e) {
            if (!inBed) {
                release(slot);
            }
            throw e;
        }
    }

    private Slot newPlace(String id) {
        Slot slot = new Slot(id);
        if (slots.putIfAbsent(id, slot) != null) {
            throw new IllegalStateException("session " + id + ": is there already");
        }
        taken.incrementAndGet();
        return slot;
    }

    /** Lets go of a session that another process carries on, or that can no longer be written down. Any thread. */
    public void abandon(String id) {
        Session session = find(id);
        if (session == null) {
            return;
        }
        session.execute(() -> {
            Slot slot = slots.get(id);
            if (slot != null && slot.session() == session) {
                release(slot);
                session.story().lost();
                session.suspend(() -> {});
            }
        });
    }

    /** What is kept of sessions that ended; null when nothing is written down. */
    public @Nullable SessionArchive archive() {
        Journal journal = services.records().journal();
        return journal == null ? null : new SessionArchive(journal, services.records());
    }

    /**
     * Has a session that had ended go on in its place.
     *
     * @param listener makes who is told of it first
     * @param loop on which it will live; this is called on it
     */
    public void resume(
            Slot slot,
            SessionArchive.Found found,
            SessionOptions options,
            PermissionUpdateReader updates,
            Function<Session, ? extends SessionListener> listener,
            EventExecutor loop) {
        StoredSession stored = found.stored();
        Session session = SessionRevival.session(stored, options, found.book(), services, loop);
        slot.occupant = new Occupant(session, null);
        observe(session, stored);
        new SessionRevival(session, stored, updates).run();
        session.story().listen(listener.apply(session));
        session.resumed();
    }

    private void observe(Session session, StoredSession stored) {
        if (observer != null) {
            int waiting = stored.waiting().size();
            session.story().watch(observer.revived(session, stored.turn() != null, waiting));
        }
    }

    /** The session of that id; null if there is none, or it sleeps. */
    public @Nullable Session find(String id) {
        Slot slot = slots.get(id);
        return slot == null ? null : slot.session();
    }

    /** All sessions that are awake. */
    public List<Session> all() {
        List<Session> awake = new ArrayList<>();
        each(awake::add, asleep -> {});
        return awake;
    }

    /** Whether the session is certainly ours just now, so that what it takes on is sure to be written down. */
    public boolean holds(Session session) {
        return services.records().ownership().holds(session.id());
    }

    /** How many there are, those that sleep included. */
    public int size() {
        return slots.size();
    }

    /** How many of them are awake. */
    public int awake() {
        return taken.get();
    }

    /** Whether no session is in a turn or has prompts waiting. Any thread. */
    public boolean quiet() {
        return all().stream().allMatch(session -> session.idleSince(Long.MAX_VALUE));
    }

    /** Ends a session. On the session's loop. */
    public void end(Session session) {
        Slot slot = slots.get(session.id());
        if (slot != null && slot.session() == session) {
            release(slot);
        }
        session.end();
        services.records().ownership().dismiss(session.id());
    }

    /** The process ends, and the sessions go on in the next. Completes when clients may see all of it. Any thread. */
    public CompletableFuture<Void> suspendAll() {
        return SessionEnding.suspend(all());
    }

    /**
     * Ends the sessions that have been idle for too long, not counting the time before this process. Any thread; called now and then.
     *
     * @return since when nothing must have happened in those that sleep, so that they are ended, too; negative: that is still to come
     */
    public long endIdle() {
        long since =
                services.clock().millis() - services.settings().sessionTimeout().toMillis();
        if (since < startedAtMs) {
            return -1;
        }
        all().stream()
                .filter(session -> session.idleSince(since))
                .forEach(session -> session.execute(() -> {
                    if (!session.ended() && session.idleSince(since)) {
                        end(session);
                    }
                }));
        return since;
    }
}
