package dev.agentws.websocket.session;

import dev.agentws.agent.Fork;
import dev.agentws.agent.Session;
import dev.agentws.protocol.ClientMessage.ForkSession;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.Outbox;

/** Makes sessions that begin where others are. Confined to the connection's event loop. */
final class ForkDesk {
    private final Outbox outbox;
    private final SessionMaker maker;
    private final Steering.Refusals refusals;

    ForkDesk(Outbox outbox, SessionMaker maker, Steering.Refusals refusals) {
        this.outbox = outbox;
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

    /** On the session's loop; what comes of it is for the connection's. */
    private Runnable look(Session session, ForkSession message) {
        String type = message.kind().wireName();
        if (session.ended()) {
            String text = "Session " + session.id() + " not found";
            return () -> refuse(message, ErrorCode.SESSION_NOT_FOUND, text);
        }
        try {
            Fork fork = Fork.of(session, new Fork.Place(message.index(), message.seq(), message.title()));
            return () ->
                    make(new SessionMaker.Wish(message.newSessionId(), message.options(), fork, type, about(message)));
        } catch (Fork.NoSuchPlace e) {
            String text = String.valueOf(e.getMessage());
            return () -> refuse(message, ErrorCode.INVALID_MESSAGE, text);
        }
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
