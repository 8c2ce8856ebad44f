package dev.agentws.cluster;

import dev.agentws.agent.Hibernation;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.record.Ownership;
import dev.agentws.agent.record.StoredFrames;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Cluster;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process among the nodes that share a journal: takes up what others left, does what they ask, asks them, and reads what they show.
 * Thread-safe; never blocks.
 */
public final class ClusterNode implements Ownership {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final int UNLIMITED = Integer.MAX_VALUE;
    /** How many sessions that nobody wanted any more are taken up for their end at a time. */
    private static final int MOST_ENDS = 100;

    /** After which it is tried again to take up a session whose history is lost or damaged. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Cluster cluster;
    private final Onlooker onlooker;
    private final ClusterSettings settings;
    private final Executor workers;
    private final EventExecutor timer;
    private final Contact contact;
    private final AtomicBoolean looking = new AtomicBoolean();
    /** Sessions that cannot be read, with the time of the next try. */
    private final ConcurrentMap<String, Long> notBefore = new ConcurrentHashMap<>();
    /** Sessions that are being taken up just now: the next look comes sooner than that is done. */
    private final Set<String> underway = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Here here;
    private volatile boolean leaving;

    /** What it has to do with the sessions of this process. */
    private record Here(SessionRegistry registry, Takeover takeover, CommandInbox inbox, String address) {}

    /**
     * @param workers where it may block
     * @param timer an event loop
     */
    public ClusterNode(
            Cluster cluster, Journal journal, ClusterSettings settings, Executor workers, EventExecutor timer) {
        this.cluster = cluster;
        this.onlooker = new Onlooker(cluster, journal);
        this.settings = settings;
        this.contact = new Contact(settings, System::nanoTime);
        this.workers = workers;
        this.timer = timer;
    }

    /**
     * Begins to take part, until the event loop ends.
     *
     * @param address where this node listens, for people who look at the nodes
     */
    public void start(SessionRegistry registry, Revival revival, CommandRunner runner, String address) {
        CommandInbox inbox = new CommandInbox(cluster, registry, runner, workers);
        here = new Here(
                registry, new Takeover(cluster, registry, revival, inbox, contact, this::leaving), inbox, address);
        cluster.inbox(sessionId -> {
            if (sessionId == null) {
                inbox.checkAll();
            } else {
                inbox.check(sessionId);
            }
        });
        long every = settings.look().toMillis();
        timer.scheduleWithFixedDelay(this::look, 0, every, TimeUnit.MILLISECONDS);
        // On the loop itself: workers may all wait for a store that does not answer.
        timer.scheduleWithFixedDelay(() -> haltUncertain(registry), every, every, TimeUnit.MILLISECONDS);
    }

    /** What no fence keeps from going on beside the next owner must be over before there is one. */
    private void haltUncertain(SessionRegistry registry) {
        registry.each(
                session -> {
                    if (!cluster.leased(session.id())) {
                        session.execute(session::halt);
                    }
                },
                asleep -> {});
    }

    /** Whether the store has not answered for so long that other nodes may have taken over what is here. */
    public boolean cutOff() {
        return contact.cutOff();
    }

    /** Takes nothing up any more, because this process is about to go. */
    public void leave() {
        leaving = true;
    }

    @Override
    public boolean leaving() {
        return leaving;
    }

    /** Looks for sessions whose owner is gone. */
    private void look() {
        if (!leaving && looking.compareAndSet(false, true)) {
            try {
                workers.execute(() -> {
                    try {
                        takeOrphans();
                    } finally {
                        looking.set(false);
                    }
                });
            } catch (RejectedExecutionException e) {
                looking.set(false);
            }
        }
    }

    private void takeOrphans() {
        Here mine = here;
        if (mine == null) {
            return;
        }
        try {
            List<String> orphans = new ArrayList<>(cluster.orphans());
            contact.answered();
            mine.inbox.checkUndone();
            if (contact.calm()) {
                // In another order than other nodes, which have seen the same ones.
                Collections.shuffle(orphans);
                orphans.forEach(orphan -> takeUp(orphan, mine));
            }
            // Last, because nobody waits for it.
            long asked = contact.now();
            cluster.heartbeat(mine.address);
            contact.heard(asked);
        } catch (JournalException e) {
            contact.missed();
            LOG.debug("the other nodes cannot be looked at just now", e);
        }
    }

    private void takeUp(String orphan, Here mine) {
        if (mine.registry.find(orphan) != null) {
            mine.inbox.check(orphan);
        } else if (isDue(orphan) && underway.add(orphan)) {
            try {
                workers.execute(() -> takeOrphan(orphan));
            } catch (RejectedExecutionException e) {
                underway.remove(orphan);
            }
        }
    }

    private boolean isDue(String sessionId) {
        Long next = notBefore.get(sessionId);
        return next == null || System.nanoTime() - next >= 0;
    }

    private void takeOrphan(String sessionId) {
        try {
            // It counts already, and what is under way in it cannot wait.
            if (locate(sessionId, UNLIMITED) != null) {
                LOG.info("session {}: taken up, its node is gone", sessionId);
            }
            notBefore.remove(sessionId);
        } catch (JournalException e) {
            notYet(sessionId, e);
        } finally {
            underway.remove(sessionId);
        }
    }

    private void notYet(String sessionId, JournalException why) {
        if (why.reason() == Reason.HISTORY_LOST || why.reason() == Reason.DAMAGED) {
            LOG.warn("session {}: cannot be taken up: {}", sessionId, why.getMessage());
            notBefore.put(sessionId, System.nanoTime() + AGAIN_NANOS);
        } else {
            LOG.debug("session {}: not taken up this time", sessionId, why);
        }
    }

    /** As {@link Takeover#locate}. */
    private @Nullable Session locate(String sessionId, int most) throws JournalException {
        Here mine = here;
        if (mine == null) {
            throw new JournalException(Reason.UNAVAILABLE, "this node has not begun");
        }
        return mine.takeover.locate(sessionId, most);
    }

    /**
     * Asks something of a session that is not here, or brings it here if nobody has it.
     *
     * @param command for the owner's {@link CommandRunner}, one JSON object in UTF-8
     * @param then called once, on any thread
     */
    public void ask(String sessionId, byte[] command, Consumer<Answer> then) {
        ask(sessionId, command, settings.maxSessions(), then);
    }

    /** The same for a session that is to end: it may be brought here even if as many are awake as may be. */
    public void askToEnd(String sessionId, byte[] command, Consumer<Answer> then) {
        ask(sessionId, command, UNLIMITED, then);
    }

    private void ask(String sessionId, byte[] command, int most, Consumer<Answer> then) {
        Question.Locator locator = id -> locate(id, most);
        new Question(new Question.Sides(cluster, locator, workers, timer, settings), sessionId, command, then).ask();
    }

    /**
     * Ends sessions that no node has, because they sleep or theirs is gone, and in which nothing has happened since then, a few at a time.
     * Called now and then.
     */
    public void endIdle(long sinceMs) {
        if (leaving || !contact.calm()) {
            return;
        }
        try {
            workers.execute(() -> onlooker.unowned(sinceMs).stream()
                    .filter(this::isDue)
                    .limit(MOST_ENDS)
                    .forEach(sessionId -> endIdle(sessionId, sinceMs)));
        } catch (RejectedExecutionException e) {
            LOG.debug("sessions whose time is up are ended later", e);
        }
    }

    private void endIdle(String sessionId, long sinceMs) {
        Here mine = here;
        try {
            // Its book knows better when something last happened than the list that it was found in.
            Session session = locate(sessionId, UNLIMITED);
            if (mine != null && session != null) {
                Hibernation.endIfIdle(mine.registry, session, sinceMs);
            }
        } catch (JournalException e) {
            notYet(sessionId, e);
        }
    }

    /**
     * A session, whoever has it.
     *
     * @param summary as its owner stored it last; empty when it never did
     */
    public record Stored(String sessionId, byte[] summary) {}

    /**
     * What a session has shown.
     *
     * @param frames the next stretch of it; empty when there is nothing new
     * @param lastSeq the number of the last of all that it has shown, if there is nothing new
     * @param gone there is no such session any more
     */
    public record Stretch(StoredFrames frames, long lastSeq, boolean gone) {}

    /**
     * All sessions of all nodes, also those that are here, because one that is not may be the next moment.
     *
     * @param then called once, on any thread; with null when they cannot be found out just now
     */
    public void everywhere(Consumer<@Nullable List<Stored>> then) {
        try {
            workers.execute(() -> then.accept(onlooker.all()));
        } catch (RejectedExecutionException e) {
            then.accept(null);
        }
    }

    /**
     * Reads a stretch of what a session has shown after {@code afterSeq}, whoever has it.
     *
     * @param then called once, on a worker; with null when it cannot be read just now
     */
    public void read(String sessionId, long afterSeq, Consumer<@Nullable Stretch> then) {
        try {
            workers.execute(() -> then.accept(onlooker.stretch(sessionId, afterSeq)));
        } catch (RejectedExecutionException e) {
            then.accept(null);
        }
    }

    /**
     * Reads all that a session is, whoever has it.
     *
     * @param then called once, on a worker; with null when it cannot be read just now
     */
    public void stored(String sessionId, Consumer<@Nullable StoredSession> then) {
        try {
            workers.execute(() -> then.accept(onlooker.stored(sessionId)));
        } catch (RejectedExecutionException e) {
            then.accept(null);
        }
    }

    /** Runs the task, on an event loop, when there may be something new to {@link #read}. */
    public Cluster.Watch watch(String sessionId, Runnable changed) {
        return cluster.watch(sessionId, changed);
    }

    @Override
    public boolean holds(String sessionId) {
        return cluster.owns(sessionId);
    }

    @Override
    public void lost(String sessionId) {
        Here mine = here;
        if (mine != null) {
            mine.registry.abandon(sessionId);
        }
    }

    @Override
    public CompletionStage<Boolean> admit(String sessionId) {
        CompletableFuture<Boolean> admitted = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    admitted.complete(cluster.admit(Takeover.ALL, sessionId, settings.maxSessions()));
                } catch (JournalException e) {
                    admitted.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            admitted.completeExceptionally(e);
        }
        return admitted;
    }

    @Override
    public void dismiss(String sessionId) {
        try {
            workers.execute(() -> {
                try {
                    cluster.dismiss(Takeover.ALL, sessionId);
                } catch (JournalException e) {
                    LOG.warn("session {}: still counts although it has ended", sessionId, e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.warn("session {}: still counts although it has ended", sessionId, e);
        }
    }
}
