package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.cluster.ClusterNode.Other;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.protocol.SessionSearch;
import dev.agentws.websocket.Outbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a connection asks of all sessions at once. Confined to the connection's event loop. */
final class EverySession {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Outbox outbox;
    private final SessionRegistry registry;
    private final @Nullable ClusterNode node;

    /** @param node null when this process is alone */
    EverySession(Outbox outbox, SessionRegistry registry, @Nullable ClusterNode node) {
        this.node = node;
        this.outbox = outbox;
        this.registry = registry;
    }

    /** Tells of all there are, or of those that are looked for. */
    void list(@Nullable SessionSearch search) {
        if (search != null && !SessionPage.isCursor(search.cursor())) {
            String text = "cursor: " + search.cursor() + " (expected: the next_cursor of a page before)";
            outbox.error(ErrorCode.INVALID_MESSAGE, text, null, ClientMessage.Kind.LIST_SESSIONS.wireName(), null);
            return;
        }
        List<Session> all = registry.all();
        List<SessionInfo> infos = Collections.synchronizedList(new ArrayList<>());
        eachSession(
                all,
                session -> {
                    if (!session.ended()) {
                        infos.add(session.info());
                    }
                },
                () -> {
                    if (search == null) {
                        List<SessionInfo> sorted = new ArrayList<>(infos);
                        sorted.sort(Comparator.comparingLong(SessionInfo::createdAtMs)
                                .thenComparing(SessionInfo::id));
                        elsewhere(others -> Replies.send(
                                outbox,
                                out -> Replies.sessionsList(
                                        out,
                                        sorted,
                                        others.stream()
                                                .map(EverySession::shown)
                                                .filter(JsonNode::isObject)
                                                .toList())));
                    } else {
                        SessionPage page = SessionPage.of(infos, search);
                        Replies.send(outbox, out -> Replies.sessionsList(out, page));
                    }
                });
    }

    /** Ends all there are. */
    void end() {
        List<String> ended = Collections.synchronizedList(new ArrayList<>());
        eachSession(
                registry.all(),
                session -> {
                    if (!session.ended()) {
                        registry.end(session);
                        ended.add(session.id());
                    }
                },
                () -> {
                    elsewhere(others -> endElsewhere(others, ended));
                });
    }

    private void endElsewhere(List<Other> others, List<String> ended) {
        ClusterNode through = node;
        AtomicInteger left = new AtomicInteger(others.size());
        if (through == null || others.isEmpty()) {
            killed(ended);
            return;
        }
        for (Other other : others) {
            through.ask(other.sessionId(), CommandJson.end(other.sessionId()), answer -> {
                Session here = answer.here();
                if (here != null) {
                    here.execute(() -> registry.end(here));
                }
                if (answer.failure() == null) {
                    ended.add(other.sessionId());
                }
                if (left.decrementAndGet() == 0) {
                    killed(ended);
                }
            });
        }
    }

    private void killed(List<String> ended) {
        List<String> sorted = new ArrayList<>(ended);
        Collections.sort(sorted);
        Replies.send(outbox, out -> Replies.agentsKilled(out, sorted));
    }

    /** Hands on what other nodes have; nothing where there are none. */
    private void elsewhere(Consumer<List<Other>> then) {
        if (node == null) {
            then.accept(List.of());
        } else {
            node.others(then);
        }
    }

    private static JsonNode shown(Other other) {
        try {
            return MAPPER.readTree(other.summary()).path("session");
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
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
