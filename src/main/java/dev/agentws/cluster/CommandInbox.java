package dev.agentws.cluster;

import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.journal.Cluster;
import dev.agentws.journal.JournalException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what other nodes ask of this one's sessions: in order, each once. That a command was heard is written down in one piece with what
 * it did, so the next owner knows where to go on. Thread-safe; never blocks.
 */
final class CommandInbox {
    private static final Logger LOG = LoggerFactory.getLogger(CommandInbox.class);
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
    private static final int MOST = 64;

    private final Cluster cluster;
    private final SessionRegistry registry;
    private final CommandRunner runner;
    private final Executor workers;
    private final ConcurrentMap<Session, Reading> readings = new ConcurrentHashMap<>();
    /** What the store has not done yet, for sessions that are being read: no hint comes a second time. */
    private final ConcurrentMap<Session, Runnable> undone = new ConcurrentHashMap<>();

    /** What is known of a session's commands while they are read: whether more may have come since. */
    private static final class Reading {
        boolean again;
    }

    private record Command(String id, byte[] json, @Nullable String problem) {}

    private record Done(String id, Supplier<byte[]> outcome) {
        Told told() {
            return new Told(id, outcome.get());
        }
    }

    private record Told(String id, byte[] outcome) {}

    CommandInbox(Cluster cluster, SessionRegistry registry, CommandRunner runner, Executor workers) {
        this.cluster = cluster;
        this.registry = registry;
        this.runner = runner;
        this.workers = workers;
    }

    /** A command may wait for this session. */
    void check(String sessionId) {
        Session session = registry.find(sessionId);
        if (session == null) {
            return;
        }
        Reading mine = new Reading();
        Reading known = readings.compute(session, (key, before) -> {
            if (before != null) {
                before.again = true;
            }
            return before == null ? mine : before;
        });
        if (known == mine) {
            read(session);
        } else {
            again(session);
        }
    }

    /** The same for all sessions of this node. */
    void checkAll() {
        registry.all().forEach(session -> check(session.id()));
    }

    /** The store answers: what it did not do before is tried again. */
    void checkUndone() {
        List.copyOf(undone.keySet()).forEach(this::again);
    }

    private void again(Session session) {
        Runnable task = undone.remove(session);
        if (task != null) {
            task.run();
        }
    }

    private void read(Session session) {
        onWorker(session, () -> read(session), () -> {
            List<Command> waiting = new ArrayList<>();
            cluster.commands(session.id(), (id, json) -> {
                waiting.add(new Command(id, json, runner.problem(json)));
                return waiting.size() < MOST;
            });
            if (waiting.isEmpty()) {
                over(session);
            } else {
                session.execute(() -> run(session, waiting));
            }
        });
    }

    /** What needs the store. */
    @FunctionalInterface
    private interface Work {
        void run() throws JournalException;
    }

    /** @param again instead, later, if the store does not do it */
    private void onWorker(Session session, Runnable again, Work work) {
        try {
            workers.execute(() -> {
                try {
                    work.run();
                } catch (JournalException e) {
                    LOG.debug("session {}: what others ask of it waits for the store", session.id(), e);
                    undone.put(session, again);
                }
            });
        } catch (RejectedExecutionException e) {
            undone.put(session, again);
        }
    }

    private void over(Session session) {
        Reading next = readings.compute(session, (key, reading) -> {
            if (reading == null || !reading.again) {
                return null;
            }
            reading.again = false;
            return reading;
        });
        if (next != null) {
            read(session);
        }
    }

    private void run(Session session, List<Command> waiting) {
        String heard = session.story().heard();
        List<Done> done = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < waiting.size() && heard != null; i++) {
            if (waiting.get(i).id().equals(heard)) {
                waiting.subList(0, i).forEach(each -> done.add(new Done(each.id(), () -> NOTHING)));
                // Of this moment: the commands behind it are heard next.
                byte[] told = session.story().heardOutcome();
                done.add(new Done(heard, () -> told));
                next = i + 1;
            }
        }
        for (Command command : waiting.subList(next, waiting.size())) {
            Supplier<byte[]> outcome =
                    session.ended() ? null : runner.run(session, command.id(), command.json(), command.problem());
            if (outcome == null) {
                break;
            }
            done.add(new Done(command.id(), outcome));
        }
        if (done.isEmpty()) {
            readings.remove(session);
        } else {
            session.story()
                    .whenSafe(
                            () -> tell(session, done.stream().map(Done::told).toList()),
                            () -> readings.remove(session));
        }
    }

    private void tell(Session session, List<Told> told) {
        onWorker(session, () -> tell(session, told), () -> {
            for (Told each : told) {
                cluster.done(session.id(), each.id(), each.outcome());
            }
            readings.computeIfPresent(session, (key, reading) -> {
                reading.again = true;
                return reading;
            });
            over(session);
        });
    }
}
