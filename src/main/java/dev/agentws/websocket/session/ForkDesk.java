package dev.agentws.websocket.session;

import dev.agentws.agent.Fork;
import dev.agentws.agent.Session;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.protocol.ClientMessage.ForkSession;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.Outbox;
import org.jspecify.annotations.Nullable;

/** Makes sessions that begin where others are. Confined to the connection's event loop. */
final class ForkDesk {
    private final Outbox outbox;
    private final @Nullable ClusterNode node;
    private final SessionMaker maker;
    private final Steering.Refusals refusals;

    /** @param node null when this process is alone */
    ForkDesk(Outbox outbox, @Nullable ClusterNode node, SessionMaker maker, Steering.Refusals refusals) {
        this.outbox = outbox;
        this.node = node;
        this.maker = maker;
        this.refusals = refusals;
    }

    /** @param session entered by who calls this, and left here */
    void fork(Session session, ForkSession message) {
        String newId = message.newSessionId();
        if (newId != null) {
            // At once, so that what the client sends for the new session right behind this does not come too early.
            maker.hold(newId);
        }
        session.execute(() -> {
            try {
                Runnable outcome = look(session, message);
                outbox.execute(outcome);
            } finally {
                session.leave();
            }
        });
    }

    /** The same of a session of another node, whose book has all of it. */
    void forkFar(ForkSession message) {
        ClusterNode through = node;
        if (through == null) {
            notFound(message);
            return;
        }
        String newId = message.newSessionId();
        if (newId != null) {
            maker.hold(newId);
        }
        through.stored(message.sessionId(), stored -> {
            Runnable outcome = look(stored, message);
            outbox.execute(outcome);
        });
    }

    private Runnable look(@Nullable StoredSession stored, ForkSession message) {
        if (stored == null) {
            String text = "Session " + message.sessionId() + " cannot be read just now; try again in a moment";
            return () -> refuse(message, ErrorCode.OVERLOADED, text);
        }
        if (stored.ended() || stored.options() == null) {
            String text = "Session " + message.sessionId() + " not found";
            return () -> refuse(message, ErrorCode.SESSION_NOT_FOUND, text);
        }
        return made(message, place -> Fork.of(message.sessionId(), stored, place));
    }

    /** Makes what a new session takes over. */
    @FunctionalInterface
    private interface Maker {
        Fork fork(Fork.Place place) throws Fork.NoSuchPlace;
    }

    private Runnable made(ForkSession message, Maker from) {
        String type = message.kind().wireName();
        try {
            Fork fork = from.fork(new Fork.Place(message.index(), message.seq(), message.title()));
            return () ->
                    make(new SessionMaker.Wish(message.newSessionId(), message.options(), fork, type, about(message)));
        } catch (Fork.NoSuchPlace e) {
            String text = String.valueOf(e.getMessage());
            return () -> refuse(message, ErrorCode.INVALID_MESSAGE, text);
        }
    }

    /** On the session's loop; what comes of it is for the connection's. */
    private Runnable look(Session session, ForkSession message) {
        if (session.ended()) {
            String text = "Session " + session.id() + " not found";
            return () -> refuse(message, ErrorCode.SESSION_NOT_FOUND, text);
        }
        return made(message, place -> Fork.of(session, place));
    }

    private void make(SessionMaker.Wish wish) {
        boolean later = maker.make(wish);
        String id = wish.id();
        if (!later && id != null) {
            maker.settle(id, () -> {});
        }
    }

    /** The session that a refusal names, so that a client knows which of its forks is meant. */
    private static String about(ForkSession message) {
        String newId = message.newSessionId();
        return newId == null ? message.sessionId() : newId;
    }

    /** There is no session to fork. */
    void notFound(ForkSession message) {
        String text = "Session " + message.sessionId() + " not found";
        refusals.error(
                ErrorCode.SESSION_NOT_FOUND,
                text,
                about(message),
                message.kind().wireName());
    }

    private void refuse(ForkSession message, ErrorCode code, String text) {
        String newId = message.newSessionId();
        Runnable answer =
                () -> refusals.error(code, text, about(message), message.kind().wireName());
        if (newId == null) {
            answer.run();
        } else {
            maker.settle(newId, answer);
        }
    }
}
