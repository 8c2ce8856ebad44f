package dev.agentws.agent;

import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.journal.JournalException;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts sessions to sleep that nobody needs, and wakes them when somebody does, each once however many ask. Of one that sleeps only its
 * book is left, and a {@link SessionInfo} for listings; where several nodes share a journal, nothing is left here, and whoever is asked for
 * it takes it up. Thread-safe; never blocks.
 */
public final class Hibernation implements Waker {
    private static final Logger LOG = LoggerFactory.getLogger(Hibernation.class);

    /** How many sessions that nobody wanted any more are woken for their end at a time. */
    private static final int MOST_ENDS = 100;

    private final SessionRegistry registry;
    private final Revival revival;
    private final Executor desk;
    private final Duration after;
    private final InstantSource clock;
    private final ConcurrentMap<String, CompletableFuture<@Nullable Failure>> underway = new ConcurrentHashMap<>();
    /** Those that are not worth another try, until somebody asks for them. */
    private final Set<String> damaged = ConcurrentHashMap.newKeySet();

    private volatile boolean stopped;

    /** Brings a session back from its book. */
    @FunctionalInterface
    public interface Revival {
        /** Blocks until it is awake. */
        void revive(String id, EventExecutor loop) throws JournalException;
    }

    /**
     * @param desk where the revival may block
     * @param after how long nothing must have happened
     */
    public Hibernation(SessionRegistry registry, Revival revival, Executor desk, Duration after, InstantSource clock) {
        this.registry = registry;
        this.revival = revival;
        this.desk = desk;
        this.after = after;
        this.clock = clock;
    }

    /** Puts those to sleep in which nothing has happened for long enough. Called now and then. */
    public void sweep() {
        long since = clock.millis() - after.toMillis();
        for (Session session : registry.all()) {
            if (!session.story().watched() && session.idleSince(since)) {
                session.execute(() -> lieDown(session, since));
            }
        }
    }

    private void lieDown(Session session, long since) {
        SessionInfo asleep = session.idleSince(since) ? session.sleep() : null;
        if (asleep != null) {
            registry.fellAsleep(session, asleep);
        }
    }

    /** Nobody is woken any more, because the process ends. */
    public void stop() {
        stopped = true;
    }

    @Override
    public void wake(String id, EventExecutor loop, Consumer<@Nullable Failure> then) {
        Session found = registry.find(id);
        if (found == null) {
            rouse(id, loop, then);
            return;
        }
        // Either somebody else has woken it, or it falls asleep this very moment: its loop knows.
        found.execute(() -> {
            if (registry.find(id) == found && !found.ended()) {
                then.accept(null);
            } else {
                rouse(id, loop, then);
            }
        });
    }

    private void rouse(String id, EventExecutor loop, Consumer<@Nullable Failure> then) {
        CompletableFuture<@Nullable Failure> mine = new CompletableFuture<>();
        CompletableFuture<@Nullable Failure> other = underway.putIfAbsent(id, mine);
        if (other != null) {
            other.thenAccept(then);
            return;
        }
        mine.thenAccept(then);
        if (stopped) {
            settle(id, mine, new Failure(Reason.UNAVAILABLE, "the server is going away"));
            return;
        }
        try {
            desk.execute(() -> settle(id, mine, revive(id, loop)));
        } catch (RejectedExecutionException e) {
            settle(id, mine, new Failure(Reason.UNAVAILABLE, "too many are to be woken at once"));
        }
    }

    private void settle(String id, CompletableFuture<@Nullable Failure> waking, @Nullable Failure failure) {
        underway.remove(id, waking);
        waking.complete(failure);
    }

    private @Nullable Failure revive(String id, EventExecutor loop) {
        if (registry.sleeper(id) == null) {
            return null;
        }
        if (!registry.takePlace()) {
            return new Failure(Reason.FULL, "as many sessions are awake as may be");
        }
        try {
            revival.revive(id, loop);
            damaged.remove(id);
            return null;
        } catch (JournalException | RuntimeException e) {
            registry.givePlace();
            LOG.error("session {}: cannot be woken: {}", id, e.getMessage());
            if (e instanceof JournalException why && why.reason() == JournalException.Reason.NOT_FOUND) {
                registry.forget(id);
                return null;
            }
            boolean forGood = !(e instanceof JournalException why) || why.reason() == JournalException.Reason.DAMAGED;
            if (forGood) {
                damaged.add(id);
            }
            return forGood
                    ? new Failure(Reason.DAMAGED, "its book is damaged or cannot be understood")
                    : new Failure(Reason.UNAVAILABLE, "its book cannot be read just now");
        }
    }

    /**
     * Lets other nodes have the sessions in which no turn is at work, with the prompts that wait in them. Any thread; called now and then by
     * a node that is about to go.
     */
    public static void handOver(SessionRegistry registry) {
        for (Session session : registry.all()) {
            session.execute(() -> {
                // Whoever watches it here has seen all of it by then.
                if (session.turn() == null && session.story().settled()) {
                    registry.abandon(session.id());
                }
            });
        }
    }

    /**
     * Ends sleeping sessions in which nothing has happened since then, a few at a time. Called now and then.
     *
     * @param loop on which they end
     */
    public void endIdle(long sinceMs, EventExecutor loop) {
        List<SessionInfo> sleepers = new ArrayList<>();
        registry.each(awake -> {}, sleepers::add);
        sleepers.stream()
                .filter(asleep -> asleep.updatedAtMs() <= sinceMs && !damaged.contains(asleep.id()))
                .limit(MOST_ENDS)
                .forEach(asleep -> wake(asleep.id(), loop, failure -> endIfIdle(asleep.id(), sinceMs)));
    }

    private void endIfIdle(String id, long sinceMs) {
        Session session = registry.find(id);
        if (session != null) {
            endIfIdle(registry, session, sinceMs);
        }
    }

    /** Ends a session that was woken for that, unless somebody wants it by now. Any thread. */
    public static void endIfIdle(SessionRegistry registry, Session session, long sinceMs) {
        session.execute(() -> {
            if (!session.ended() && !session.story().watched() && session.idleSince(sinceMs)) {
                registry.end(session);
            }
        });
    }
}
