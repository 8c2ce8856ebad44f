package dev.agentws.agent;

import dev.agentws.agent.event.SessionListener;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.agent.record.SessionLabel;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All sessions of this process. Thread-safe, and the only thing that the sessions of different loops share. */
public final class SessionRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);

    private final SessionServices services;
    private final ConcurrentMap<String, Slot> slots = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();
    private final @Nullable SessionObserver observer;

    /** A place kept free while a session's options are held against the disk. Given back by {@link #release}. */
    public static final class Slot {
        private final String id;
        private volatile @Nullable Session session;
        private volatile @Nullable Book book;
        private volatile SessionLabel label = new SessionLabel();
        private volatile long createdAtMs;

        private Slot(String id) {
            this.id = id;
        }

        /** The id of the session to be. */
        public String id() {
            return id;
        }

        /** What people shall know the session by. Before the session is made. */
        public void label(SessionLabel its) {
            label = its;
        }
    }

    /** What became of a wish for a session. */
    public enum Refusal {
        /** There is one of that id. */
        EXISTS,
        /** The server holds as many as it may. */
        FULL,
        /** It could not be written down. */
        UNWRITTEN
    }

    public SessionRegistry(SessionServices services) {
        this(services, null);
    }

    /** @param observer of every session, or null */
    public SessionRegistry(SessionServices services, @Nullable SessionObserver observer) {
        this.services = services;
        this.observer = observer;
    }

    /** Takes a place for a session; tells {@code refused} why there is none and returns null otherwise. */
    public @Nullable Slot reserve(@Nullable String wishedId, Consumer<Refusal> refused) {
        if (taken.incrementAndGet() > services.settings().maxSessions()) {
            taken.decrementAndGet();
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
            return;
        }
        if (services.records().slow()) {
            then.accept(Refusal.UNWRITTEN);
            return;
        }
        // The nodes together may have no more than one alone.
        services.records().ownership().admit(slot.id).whenComplete((admitted, thrown) -> {
            if (thrown != null) {
                LOG.error("session {}: cannot be counted", slot.id, thrown);
                loop.execute(() -> then.accept(Refusal.UNWRITTEN));
            } else if (!admitted) {
                loop.execute(() -> then.accept(Refusal.FULL));
            } else {
                begin(
                        journal,
                        slot,
                        StateRecord.session(slot.createdAtMs, options.source(), place, slot.label),
                        failure -> {
                            if (failure != null && failure != Refusal.EXISTS) {
                                services.records().ownership().dismiss(slot.id);
                            }
                            loop.execute(() -> then.accept(failure));
                        });
            }
        });
    }

    private static void begin(Journal journal, Slot slot, StateRecord first, Consumer<@Nullable Refusal> then) {
        Book book = journal.create(slot.id);
        slot.book = book;
        book.append(
                List.of(new Entry(0, first.kind().word(), first.json())),
                failure -> then.accept(refusal(book, failure)));
    }

    private static @Nullable Refusal refusal(Book book, @Nullable JournalException failure) {
        if (failure == null) {
            return null;
        }
        book.close();
        if (failure.reason() == JournalException.Reason.EXISTS) {
            return Refusal.EXISTS;
        }
        LOG.error("session {}: cannot be written down: {}", book.sessionId(), failure.getMessage());
        return Refusal.UNWRITTEN;
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
        Session session = new Session(slot.id, options, place, services, loop, Session.Past.none(slot.createdAtMs));
        session.label().copy(slot.label);
        Book book = slot.book;
        if (book != null) {
            session.record(book);
        }
        slot.session = session;
        session.begin(creator.apply(session));
        if (observer != null) {
            session.story().watch(observer.opened(session));
        }
        return session;
    }

    /**
     * Brings a session of an earlier process back to life.
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
        Slot slot = new Slot(book.sessionId());
        if (slots.putIfAbsent(slot.id, slot) != null) {
            throw new IllegalStateException("session " + slot.id + ": is there already");
        }
        taken.incrementAndGet();
        Session session = SessionRevival.session(stored, options, book, services, loop);
        slot.session = session;
        observe(session, stored);
        new SessionRevival(session, stored, updates).run();
        return session;
    }

    /** Lets go of a session that another process carries on, or that can no longer be written down. Any thread. */
    public void abandon(String id) {
        Session session = find(id);
        if (session == null) {
            return;
        }
        session.execute(() -> {
            Slot slot = slots.get(id);
            if (slot != null && slot.session == session) {
                release(slot);
                session.story().lost();
                session.suspend(() -> {});
            }
        });
    }

    /** What is kept of sessions that ended; null when nothing is written down. */
    public @Nullable SessionArchive archive() {
        Journal journal = services.records().journal();
        return journal == null ? null : new SessionArchive(journal);
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
        slot.book = found.book();
        slot.session = session;
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

    /** The session of that id, or null. */
    public @Nullable Session find(String id) {
        Slot slot = slots.get(id);
        return slot == null ? null : slot.session;
    }

    /** All sessions, oldest first. */
    public List<Session> all() {
        List<Session> all = new ArrayList<>();
        for (Slot slot : slots.values()) {
            Session session = slot.session;
            if (session != null) {
                all.add(session);
            }
        }
        return all;
    }

    /** Whether the session is certainly ours just now, so that what it takes on is sure to be written down. */
    public boolean holds(Session session) {
        return services.records().ownership().holds(session.id());
    }

    /** How many there are. */
    public int size() {
        return slots.size();
    }

    /** Whether no session is in a turn or has prompts waiting. Any thread. */
    public boolean quiet() {
        return all().stream().allMatch(session -> session.idleSince(Long.MAX_VALUE));
    }

    /** Ends a session. On the session's loop. */
    public void end(Session session) {
        Slot slot = slots.get(session.id());
        if (slot != null && slot.session == session) {
            release(slot);
        }
        session.end();
        services.records().ownership().dismiss(session.id());
    }

    /** The process ends, and the sessions go on in the next. Completes when clients may see all of it. Any thread. */
    public CompletableFuture<Void> suspendAll() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Session session : all()) {
            CompletableFuture<Void> suspended = new CompletableFuture<>();
            all.add(suspended);
            session.execute(() -> session.suspend(() -> suspended.complete(null)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    /** Ends the sessions that have been idle for too long. Any thread; called now and then. */
    public void endIdle() {
        long since =
                services.clock().millis() - services.settings().sessionTimeout().toMillis();
        for (Session session : all()) {
            if (session.idleSince(since)) {
                session.execute(() -> {
                    if (session.idleSince(since)) {
                        end(session);
                    }
                });
            }
        }
    }
}
