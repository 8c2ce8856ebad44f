package dev.agentws.websocket.session;

import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.Waker;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.record.StoredSummary;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.cluster.ClusterNode.Stored;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.protocol.SessionSearch;
import dev.agentws.websocket.Outbox;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a connection asks of all sessions at once. Confined to the connection's event loop. */
final class EverySession {
    /** Sleeping sessions that are woken side by side for their end. */
    private static final int AT_A_TIME = 4;

    private final Outbox outbox;
    private final SessionRegistry registry;
    private final @Nullable ClusterNode node;
    private final Waker waker;

    EverySession(Outbox outbox, SessionDispatcher.Services services) {
        this.outbox = outbox;
        node = services.node();
        registry = services.registry();
        waker = services.waker();
    }

    /** Tells of all there are, or of those that are looked for. */
    void list(@Nullable SessionSearch search) {
        if (search != null && !SessionPage.isCursor(search.cursor())) {
            String text = "cursor: " + search.cursor() + " (expected: the next_cursor of a page before)";
            outbox.error(ErrorCode.INVALID_MESSAGE, text, null, ClientMessage.Kind.LIST_SESSIONS.wireName(), null);
            return;
        }
        Map<String, SessionInfo> infos = new ConcurrentHashMap<>();
        List<Session> awake = new ArrayList<>();
        registry.each(awake::add, asleep -> infos.put(asleep.id(), asleep));
        eachSession(
                awake,
                session -> {
                    // One may have fallen asleep since the others were collected.
                    SessionInfo info = session.ended() ? registry.sleeper(session.id()) : session.info();
                    if (info != null) {
                        infos.put(info.id(), info);
                    }
                },
                () -> elsewhere(ClientMessage.Kind.LIST_SESSIONS, others -> {
                    for (Stored other : others) {
                        SessionInfo shown = StoredSummary.shown(other.summary());
                        if (shown != null) {
                            // One that is here by now is known better here.
                            infos.putIfAbsent(shown.id(), shown);
                        }
                    }
                    show(infos.values(), search);
                }));
    }

    private void show(Collection<SessionInfo> infos, @Nullable SessionSearch search) {
        if (search == null) {
            List<SessionInfo> sorted = new ArrayList<>(infos);
            sorted.sort(Comparator.comparingLong(SessionInfo::createdAtMs).thenComparing(SessionInfo::id));
            Replies.send(outbox, out -> Replies.sessionsList(out, sorted));
        } else {
            SessionPage page = SessionPage.of(List.copyOf(infos), search);
            Replies.send(outbox, out -> Replies.sessionsList(out, page));
        }
    }

    /** Ends all there are. */
    void end() {
        List<String> ended = Collections.synchronizedList(new ArrayList<>());
        List<Session> awake = new ArrayList<>();
        Deque<SessionInfo> asleep = new ConcurrentLinkedDeque<>();
        registry.each(awake::add, asleep::add);
        eachSession(awake, session -> endOrWake(session, ended, asleep), () -> {
            AtomicInteger left = new AtomicInteger(AT_A_TIME);
            for (int i = 0; i < AT_A_TIME; i++) {
                endAsleep(asleep, ended, () -> {
                    if (left.decrementAndGet() == 0) {
                        elsewhere(ClientMessage.Kind.KILL_ALL_AGENTS, others -> endElsewhere(others, ended));
                    }
                });
            }
        });
    }

    private void endOrWake(Session session, List<String> ended, Deque<SessionInfo> asleep) {
        SessionInfo fallenAsleep = session.ended() ? registry.sleeper(session.id()) : null;
        if (fallenAsleep != null) {
            asleep.add(fallenAsleep);
        } else {
            end(session, ended);
        }
    }

    private void end(Session session, List<String> ended) {
        if (!session.ended()) {
            registry.end(session);
            ended.add(session.id());
        }
    }

    /** Ends one sleeping session after the other, each of which has to wake for that. Any thread. */
    private void endAsleep(Deque<SessionInfo> asleep, List<String> ended, Runnable done) {
        SessionInfo next = asleep.poll();
        if (next == null) {
            done.run();
            return;
        }
        waker.wake(next.id(), outbox.loop(), failure -> {
            Session session = registry.find(next.id());
            EventExecutor loop = session == null ? outbox.loop() : session.loop();
            // Not in place, so that a thousand of them do not pile up on the stack.
            loop.execute(() -> {
                if (session != null) {
                    session.execute(() -> endOrWake(session, ended, asleep));
                }
                endAsleep(asleep, ended, done);
            });
        });
    }

    private void endElsewhere(List<Stored> others, List<String> ended) {
        Deque<Stored> left = new ConcurrentLinkedDeque<>(others);
        left.removeIf(other -> ended.contains(other.sessionId()));
        Set<String> missed = ConcurrentHashMap.newKeySet();
        AtomicInteger atWork = new AtomicInteger(AT_A_TIME);
        for (int i = 0; i < AT_A_TIME; i++) {
            endElsewhere(left, ended, missed, () -> {
                if (atWork.decrementAndGet() == 0 && missed.isEmpty()) {
                    killed(ended);
                } else if (atWork.get() == 0) {
                    String text = missed.size() + " sessions could not be ended just now; try again in a moment";
                    overloaded(ClientMessage.Kind.KILL_ALL_AGENTS, text);
                }
            });
        }
    }

    /** Ends one after the other, some of which have to be taken up for that. Any thread. */
    private void endElsewhere(Deque<Stored> left, List<String> ended, Set<String> missed, Runnable done) {
        Stored next = left.poll();
        ClusterNode through = node;
        if (through == null || next == null) {
            done.run();
            return;
        }
        String id = next.sessionId();
        // Not in place, so that a thousand of them do not pile up on the stack.
        Runnable rest = () -> outbox.loop().execute(() -> endElsewhere(left, ended, missed, done));
        through.askToEnd(id, CommandJson.end(id), answer -> {
            Session here = answer.here();
            if (here == null) {
                JournalException failure = answer.failure();
                if (failure == null) {
                    ended.add(id);
                } else if (failure.reason() != Reason.NOT_FOUND) {
                    missed.add(id);
                }
                rest.run();
                return;
            }
            here.execute(() -> {
                if (here.ended()) {
                    // It fell asleep again meanwhile.
                    left.add(next);
                } else {
                    end(here, ended);
                }
                rest.run();
            });
        });
    }

    private void killed(List<String> ended) {
        List<String> sorted = new ArrayList<>(ended);
        Collections.sort(sorted);
        Replies.send(outbox, out -> Replies.agentsKilled(out, sorted));
    }

    /** Hands on what all nodes have; nothing where this process is alone. If that cannot be found out, who asked is told to try again. */
    private void elsewhere(ClientMessage.Kind asked, Consumer<List<Stored>> then) {
        if (node == null) {
            then.accept(List.of());
            return;
        }
        node.everywhere(others -> {
            if (others == null) {
                overloaded(asked, "The sessions of other servers cannot be seen just now; try again in a moment");
            } else {
                then.accept(others);
            }
        });
    }

    private void overloaded(ClientMessage.Kind asked, String text) {
        outbox.execute(() -> outbox.error(ErrorCode.OVERLOADED, text, null, asked.wireName(), null));
    }

    /** Visits every session on its own loop and comes back to this connection's when all are done. */
    private void eachSession(List<Session> all, Consumer<Session> visit, Runnable done) {
        if (all.isEmpty()) {
            done.run();
            return;
        }
        AtomicInteger left = new AtomicInteger(all.size());
        for (Session session : all) {
            session.execute(() -> {
                try {
                    visit.accept(session);
                } finally {
                    if (left.decrementAndGet() == 0) {
                        outbox.execute(done);
                    }
                }
            });
        }
    }
}
