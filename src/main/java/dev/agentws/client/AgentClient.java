package dev.agentws.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server that comes back by itself: after a cut it connects again and has each open session sent what was missed.
 * Thread-safe. Its methods block until the server has answered, so they are not for event loops.
 */
public final class AgentClient implements AutoCloseable {
    private final ClientConfig config;
    private final Link link;
    private final Map<String, AgentSession> sessions = new ConcurrentHashMap<>();
    /** Questions that wait for their answer, by its type, a blank and the session; answers of one such kind come in order. */
    private final Map<String, Deque<CompletableFuture<JsonNode>>> waiting = new ConcurrentHashMap<>();

    private AgentClient(ClientConfig config) {
        this.config = config;
        this.link = new Link(config, new Traffic());
    }

    /**
     * Connects and shows the key.
     *
     * @throws ClientException if nobody answers ({@link ClientException#UNREACHABLE}) or the key is refused
     */
    public static AgentClient connect(ClientConfig config) throws ClientException {
        AgentClient client = new AgentClient(config);
        try {
            client.await("connect", client.link.open());
            return client;
        } catch (ClientException e) {
            client.close();
            throw e;
        }
    }

    /** A new session. Options are those of the protocol; what the server refuses is an exception with its words. */
    public AgentSession create(ObjectNode options) throws ClientException {
        AgentSession session = new AgentSession(link, UUID.randomUUID().toString());
        ObjectNode message = message("create_session").put("session_id", session.id());
        message.set("options", options);
        return joined(session, "session_created", message);
    }

    /**
     * Joins a session that exists.
     *
     * @param afterSeq the number of the last event that is known already; 0 = everything is sent again
     */
    public AgentSession resume(String id, long afterSeq) throws ClientException {
        AgentSession session = new AgentSession(link, id);
        session.expectAfter(afterSeq);
        return joined(session, "subscribed", session.subscription());
    }

    /** Known before it is asked for, because its events may come before this thread goes on. */
    private AgentSession joined(AgentSession session, String answer, ObjectNode message) throws ClientException {
        sessions.put(session.id(), session);
        try {
            ask(answer + " " + session.id(), message);
            return session;
        } catch (ClientException e) {
            sessions.remove(session.id(), session);
            throw e;
        }
    }

    /** The session objects of all sessions of the server, oldest first. */
    public JsonNode sessions() throws ClientException {
        return ask("sessions_list ", message("list_sessions")).path("sessions");
    }

    /**
     * Looks for sessions, newest activity first.
     *
     * @param search {@code query}, {@code status}, {@code cursor} and {@code limit} of {@code list_sessions}, those that are wanted
     * @return the whole answer: {@code sessions}, and {@code next_cursor} for the page after it
     */
    public JsonNode find(ObjectNode search) throws ClientException {
        ObjectNode message = message("list_sessions");
        message.setAll(search);
        // Without any field all sessions would be told, and no cursor.
        return ask("sessions_list ", search.isEmpty() ? message.put("query", "") : message);
    }

    /**
     * A page of what was said in a session, newest message first; the session may have ended.
     *
     * @param cursor {@code next_cursor} of the page before, or null
     * @param limit the most messages, 1 to 500
     * @return the whole answer: {@code messages}, {@code total} and {@code next_cursor}
     */
    public JsonNode messages(String id, @Nullable String cursor, int limit) throws ClientException {
        ObjectNode message = message("load_messages").put("session_id", id).put("limit", limit);
        return ask("messages_loaded " + id, cursor == null ? message : message.put("cursor", cursor));
    }

    /**
     * A new session that begins with the conversation of another.
     *
     * @param place {@code index} or {@code seq} to fork at, none for the end; {@code title} and {@code options} if others are wanted
     */
    public AgentSession fork(String id, ObjectNode place) throws ClientException {
        AgentSession session = new AgentSession(link, UUID.randomUUID().toString());
        ObjectNode message = message("fork_session");
        message.setAll(place);
        return joined(session, "session_created", message.put("session_id", id).put("new_session_id", session.id()));
    }

    /** Takes up a session that has ended and was kept by the server. */
    public AgentSession reopen(String id) throws ClientException {
        AgentSession session = new AgentSession(link, id);
        return joined(session, "session_resumed", message("resume_session").put("session_id", id));
    }

    /** Closes the connection; the sessions live on. */
    @Override
    public void close() {
        link.close();
    }

    static ObjectNode message(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private JsonNode ask(String answer, ObjectNode question) throws ClientException {
        CompletableFuture<JsonNode> future = new CompletableFuture<>();
        Deque<CompletableFuture<JsonNode>> queue = waiting.computeIfAbsent(answer, type -> new ArrayDeque<>());
        synchronized (queue) {
            queue.add(future);
            if (!link.send(question)) {
                queue.removeIf(each -> each == future);
                throw new ClientException(ClientException.UNREACHABLE, "there is no connection to the server just now");
            }
        }
        try {
            return await(question.path("type").asText(), future);
        } finally {
            synchronized (queue) {
                queue.removeIf(each -> each == future);
            }
        }
    }

    private <T> T await(String what, CompletableFuture<T> future) throws ClientException {
        try {
            return future.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException("closed", what + ": interrupted", e);
        } catch (TimeoutException e) {
            throw new ClientException(
                    ClientException.UNREACHABLE,
                    what + ": no answer for " + config.timeout().toSeconds() + " s",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClientException failure) {
                throw failure;
            }
            throw new ClientException("closed", what + ": " + e.getCause(), e);
        }
    }

    private @Nullable CompletableFuture<JsonNode> taken(String answer) {
        Deque<CompletableFuture<JsonNode>> queue = waiting.get(answer);
        if (queue == null) {
            return null;
        }
        synchronized (queue) {
            return queue.poll();
        }
    }

    /** What the link hears, on one thread at a time. */
    private final class Traffic implements Link.Listener {
        @Override
        public void ready(boolean again) {
            if (again) {
                sessions.values().forEach(session -> link.send(session.back()));
            }
        }

        @Override
        public void frame(JsonNode frame) {
            String type = frame.path("type").asText();
            String id = frame.path("session_id").asText("");
            if (type.equals("error") && !frame.has("seq")) {
                refused(frame, id);
                return;
            }
            AgentSession session = sessions.get(id);
            if (session != null) {
                session.accept(frame);
            }
            CompletableFuture<JsonNode> asked = frame.has("replayed") ? null : taken(type + " " + id);
            if (asked != null) {
                asked.complete(frame);
            }
            if (type.equals("session_ended")) {
                sessions.remove(id);
            }
        }

        private void refused(JsonNode frame, String id) {
            ClientException failure = new ClientException(
                    frame.path("code").asText(), frame.path("message").asText());
            CompletableFuture<JsonNode> asked =
                    taken(answerOf(frame.path("request_type").asText()) + " " + id);
            AgentSession session = sessions.get(id);
            if (asked != null) {
                asked.completeExceptionally(failure);
            } else if (session != null) {
                session.refused(frame, failure);
            }
        }

        private String answerOf(String request) {
            return switch (request) {
                case "create_session", "fork_session" -> "session_created";
                case "load_messages" -> "messages_loaded";
                case "resume_session" -> "session_resumed";
                case "list_sessions" -> "sessions_list";
                case "subscribe" -> "subscribed";
                default -> "";
            };
        }

        @Override
        public void cut() {
            ClientException lost =
                    new ClientException(ClientException.UNREACHABLE, "the connection broke before the answer came");
            waiting.keySet().forEach(type -> {
                for (CompletableFuture<JsonNode> asked = taken(type); asked != null; asked = taken(type)) {
                    asked.completeExceptionally(lost);
                }
            });
            sessions.values().forEach(AgentSession::cut);
        }

        @Override
        public void over(ClientException reason) {
            sessions.values().forEach(session -> session.over(reason));
        }
    }
}
