package dev.agentws.websocket.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.cluster.Answer;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.protocol.ClientMessage.ForkSession;
import dev.agentws.protocol.ClientMessage.SendPrompt;
import dev.agentws.protocol.ClientMessage.Subscribe;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.Outbox;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that is not on this node, as one connection has to do with it: its messages go to whoever has it, one at a time and in
 * order, and what it shows is read from the journal. Confined to the connection's loop.
 */
final class FarSession {
    private static final Logger LOG = LoggerFactory.getLogger(FarSession.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final String id;
    private final ClusterNode node;
    private final Outbox outbox;
    private final Owner owner;
    private final Deque<ClientMessage> waiting = new ArrayDeque<>();
    private @Nullable FarView view;
    private boolean asking;
    private boolean closed;

    /** The connection's side. */
    interface Owner extends WakingDesk.Refused {
        /** The session is here now: this message is for it. */
        void here(ClientMessage message);

        void error(ErrorCode code, @Nullable String message, @Nullable String sessionId, String type);

        /** All that the session was when it was asked to be forked is in its book. */
        void fork(ForkSession message);

        /** There is no such session, or none that has not ended. */
        void gone(ClientMessage message, String id);

        /** Neither messages wait nor is anything shown. */
        void forget(FarSession session);
    }

    FarSession(String id, ClusterNode node, Outbox outbox, Owner owner) {
        this.id = id;
        this.node = node;
        this.outbox = outbox;
        this.owner = owner;
    }

    String id() {
        return id;
    }

    /** Whether what comes has to wait for what came before. */
    boolean asking() {
        return asking;
    }

    void ask(ClientMessage message) {
        waiting.add(message);
        if (!asking) {
            next();
        }
    }

    /** The same for a message that this node may have taken in vain: only what is never done twice is asked once more. */
    void askAgain(ClientMessage message) {
        boolean named = message instanceof SendPrompt prompt && prompt.promptId() != null;
        if (named || message.kind() == ClientMessage.Kind.END_SESSION) {
            ask(message);
        } else {
            owner.refused(message, ErrorCode.OVERLOADED, unknown(), id);
            if (!asking) {
                next();
            }
        }
    }

    private String unknown() {
        return "Session " + id + " cannot be reached just now, and it is not known whether this was done;"
                + " try again in a moment, a prompt under the same prompt_id";
    }

    private void next() {
        ClientMessage message = waiting.peek();
        asking = message != null;
        if (message != null) {
            byte[] command = CommandJson.write(id, message);
            Consumer<Answer> then = answer -> outbox.execute(() -> answered(message, answer));
            if (message.kind() == ClientMessage.Kind.END_SESSION) {
                node.askToEnd(id, command, then);
            } else {
                node.ask(id, command, then);
            }
        } else if (view == null) {
            owner.forget(this);
        }
    }

    private void answered(ClientMessage message, Answer answer) {
        if (closed) {
            return;
        }
        byte[] outcome = answer.outcome();
        JournalException failure = answer.failure();
        if (answer.here() != null) {
            // Should it be gone again, the first of them is asked elsewhere, and the rest waits behind it.
            List<ClientMessage> all = List.copyOf(waiting);
            waiting.clear();
            asking = false;
            all.forEach(owner::here);
            if (!asking) {
                next();
            }
            return;
        }
        waiting.remove();
        if (failure != null) {
            refuse(message, failure);
        } else if (outcome != null) {
            settle(message, outcome, answer.sentAfter());
        }
        next();
    }

    private void refuse(ClientMessage message, JournalException failure) {
        if (failure.reason() == Reason.NOT_FOUND) {
            owner.gone(message, id);
        } else if (failure.reason() == Reason.CROWDED) {
            String text = "Session " + id + " sleeps and cannot be woken: as many sessions are awake as may be;"
                    + " end one, or try again later";
            owner.refused(message, ErrorCode.MAX_SESSIONS, text, id);
        } else if (failure.reason() == Reason.HISTORY_LOST || failure.reason() == Reason.DAMAGED) {
            LOG.error("session {}: cannot be taken up: {}", id, failure.getMessage());
            owner.refused(message, ErrorCode.INTERNAL, "The history of session " + id + " is lost or damaged", id);
        } else {
            LOG.warn("session {}: {} was not answered: {}", id, message.kind().wireName(), failure.getMessage());
            owner.refused(message, ErrorCode.OVERLOADED, unknown(), id);
        }
    }

    private void settle(ClientMessage message, byte[] json, long sentAfter) {
        JsonNode outcome;
        try {
            outcome = MAPPER.readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException("session " + id + ": an outcome that is none", e);
        }
        String type = message.kind().wireName();
        if (message.kind() == ClientMessage.Kind.SUBSCRIBE) {
            long after = ((Subscribe) message).afterSeq();
            view(after).replay(after, outcome);
        } else if (message.kind() == ClientMessage.Kind.SEND_PROMPT
                && (outcome.has("after") || !outcome.has("error"))) {
            // If who heard it died, nobody knows after which event that was.
            FarView shows = view(outcome.path("after").asLong(sentAfter));
            if (outcome.has("again")) {
                String text = "This prompt was run before, and its result is no longer kept";
                shows.showAgain(
                        outcome.path("again").asLong(), () -> owner.error(ErrorCode.INVALID_MESSAGE, text, id, type));
            }
        }
        JsonNode reply = outcome.path("reply");
        if (reply.isObject()) {
            outbox.text(Unpooled.wrappedBuffer(reply.toString().getBytes(StandardCharsets.UTF_8)));
        }
        JsonNode error = outcome.path("error");
        if (error.isObject()) {
            ErrorCode code = ErrorCode.valueOf(error.path("code").asText());
            owner.refused(message, code, error.path("message").asText(), id);
        } else if (message.kind() == ClientMessage.Kind.FORK_SESSION) {
            owner.fork((ForkSession) message);
        }
    }

    private FarView view(long shown) {
        FarView known = view;
        if (known == null) {
            known = new FarView(id, node, outbox, shown, this::over);
            view = known;
        }
        return known;
    }

    /**
     * Goes on after {@code shown}, where a view of the session here had come to.
     *
     * @param asked after which numbers the client wants to go on instead
     */
    void goOn(long shown, List<Long> asked) {
        if (asked.isEmpty()) {
            view(shown).writabilityChanged();
        }
        asked.forEach(afterSeq -> ask(new Subscribe(id, afterSeq)));
    }

    private void over(FarView ended) {
        view = null;
        if (!asking) {
            owner.forget(this);
        }
    }

    /** Ends the view, because the session is here now; returns how far it came, or -1 if there was none. */
    long leave() {
        FarView known = view;
        if (known == null) {
            return -1;
        }
        known.close();
        view = null;
        return known.shown();
    }

    void writabilityChanged() {
        if (view != null) {
            view.writabilityChanged();
        }
    }

    void close() {
        closed = true;
        leave();
    }
}
