package dev.agentws.cluster;

import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.record.Ownership;
import dev.agentws.agent.record.StoredFrames;
import dev.agentws.journal.Cluster;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private static final String ALL = "sessions";
    /** How much of a session's stream is read at a time. */
    private static final long STRETCH = 256 * 1024;

    private final Cluster cluster;
    private final ClusterSettings settings;
    private final Executor workers;
    private final EventExecutor timer;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile @Nullable Here here;
    private volatile boolean leaving;

    /** What it has to do with the sessions of this process. */
    private record Here(SessionRegistry registry, Takeover takeover, CommandInbox inbox, String address) {}

    /**
     * @param workers where it may block
     * @param timer an event loop
     */
    public ClusterNode(Cluster cluster, ClusterSettings settings, Executor workers, EventExecutor timer) {
        this.cluster = cluster;
        this.settings = settings;
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
        here = new Here(registry, new Takeover(registry, revival), inbox, address);
        cluster.inbox(sessionId -> {
            if (sessionId == null) {
                inbox.checkAll();
            } else {
                inbox.check(sessionId);
            }
        });
        long every = settings.look().toMillis();
        timer.scheduleWithFixedDelay(this::look, 0, every, TimeUnit.MILLISECONDS);
    }

    /** Takes nothing up any more, because this process is about to go. */
    public void leave() {
        leaving = true;
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
            cluster.heartbeat(mine.address);
            List<String> orphans = new ArrayList<>(cluster.orphans());
            // In another order than other nodes, which have seen the same ones.
            Collections.shuffle(orphans);
            for (String orphan : orphans) {
                if (mine.registry.find(orphan) == null) {
                    workers.execute(() -> takeOrphan(orphan));
                } else {
                    mine.inbox.check(orphan);
                }
            }
        } catch (JournalException | RejectedExecutionException e) {
            LOG.debug("the other nodes cannot be looked at just now", e);
        }
    }

    private void takeOrphan(String sessionId) {
        try {
            if (locate(sessionId) != null) {
                LOG.info("session {}: taken up, its node is gone", sessionId);
            }
        } catch (JournalException e) {
            LOG.warn("session {}: cannot be taken up: {}", sessionId, e.getMessage());
        }
    }

    private @Nullable Session locate(String sessionId) throws JournalException {
        Here mine = here;
        if (mine == null) {
            throw new JournalException(Reason.UNAVAILABLE, "this node has not begun");
        }
        Session known = mine.registry.find(sessionId);
        if (known != null) {
            return known;
        }
        if (!cluster.current(sessionId)) {
            throw new JournalException(Reason.NOT_FOUND, "session " + sessionId + ": not found");
        }
        if (cluster.owner(sessionId) != null || leaving) {
            return null;
        }
        try {
            Session taken = mine.takeover.take(sessionId);
            cluster.admit(ALL, sessionId, Integer.MAX_VALUE);
            mine.inbox.check(sessionId);
            return taken;
        } catch (JournalException e) {
            if (e.reason() == Reason.TAKEN) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Asks something of a session that is not here, or brings it here if nobody has it.
     *
     * @param command for the owner's {@link CommandRunner}, one JSON object in UTF-8
     * @param then called once, on any thread
     */
    public void ask(String sessionId, byte[] command, Consumer<Answer> then) {
        new Question(new Question.Sides(cluster, this::locate, workers, timer, settings), sessionId, command, then)
                .ask();
    }

    /**
     * What a session has shown.
     *
     * @param frames the next stretch of it; empty when there is nothing new
     * @param gone there is no such session any more
     */
    public record Stretch(StoredFrames frames, boolean gone) {}

    /**
     * Reads a stretch of what a session has shown after {@code afterSeq}, whoever has it.
     *
     * @param then called once, on a worker; with null when it cannot be read just now
     */
    public void read(String sessionId, long afterSeq, Consumer<@Nullable Stretch> then) {
        try {
            workers.execute(() -> then.accept(stretch(sessionId, afterSeq)));
        } catch (RejectedExecutionException e) {
            then.accept(null);
        }
    }

    private @Nullable Stretch stretch(String sessionId, long afterSeq) {
        try {
            StoredFrames found = frames(sessionId, afterSeq);
            boolean gone = found.lastSeq() == 0 && !cluster.current(sessionId);
            // Its last frames may have come between the two looks.
            StoredFrames rest = gone ? frames(sessionId, afterSeq) : found;
            return new Stretch(rest, gone && rest.lastSeq() == 0);
        } catch (JournalException e) {
            LOG.debug("session {}: what came after {} cannot be read yet", sessionId, afterSeq, e);
            return null;
        }
    }

    private StoredFrames frames(String sessionId, long afterSeq) throws JournalException {
        StoredFrames found = new StoredFrames();
        cluster.read(sessionId, afterSeq, entry -> {
            found.add(entry);
            return found.bytes() < STRETCH;
        });
        return found;
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
                    admitted.complete(cluster.admit(ALL, sessionId, settings.maxSessions()));
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
                    cluster.dismiss(ALL, sessionId);
                } catch (JournalException e) {
                    LOG.warn("session {}: still counts although it has ended", sessionId, e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.warn("session {}: still counts although it has ended", sessionId, e);
        }
    }
}
