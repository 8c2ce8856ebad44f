package dev.agentws.websocket.session;

import dev.agentws.agent.Fork;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.protocol.ClientMessage.ForkSession;
import dev.agentws.protocol.ErrorCode;
import dev.agentws.websocket.Outbox;
import org.jspecify.annotations.Nullable;

/**
 * Makes sessions that begin where others are. A new id that a client chose is held by the {@link SessionMaker} from the beginning until it
 * is settled here, whatever comes of it. Confined to the connection's event loop.
 */
final class ForkDesk {
    private final Outbox outbox;
    private final SessionRegistry registry;
    private final @Nullable ClusterNode node;
    private final SessionMaker maker;
    private final Ways ways;
    private final Steering.Refusals refusals;

    /** Where sessions of this connection are found, or awaited. */
    record Ways(SessionMaker maker, Views views, WakingDesk waking) {}

    ForkDesk(Outbox outbox, SessionDispatcher.Services services, Ways ways, Steering.Refusals refusals) {
        this.outbox = outbox;
        this.registry = services.registry();
        this.node = services.node();
        this.maker = ways.maker();
        this.ways = ways;
        this.refusals = refusals;
    }

    /**
     * What comes for the new session from now on waits until it is made, or never will be.
     *
     * @param again begins again, when another session of that id is made just now
     */
    void begin(ForkSession message, Runnable again) {
        String newId = message.newSessionId();
        if (newId != null) {
            if (maker.holds(newId, again)) {
                return;
            }
            maker.hold(newId);
        }
        String id = message.sessionId();
        if (id.equals(newId) || !maker.holds(id, () -> start(message))) {
            start(message);
        }
    }

    /** Once the session to fork is made, awake or here; also again, should it have gone meanwhile. */
    void start(ForkSession message) {
        String id = message.sessionId();
        if (ways.views.waits(id)) {
            ways.views.ask(id, message);
            return;
        }
        if (ways.waking.holds(id, message)) {
            return;
        }
        Session session = registry.find(id);
        if (session != null && session.enter()) {
            fork(session, message);
        } else if (registry.has(id)) {
            ways.waking.wake(id, message);
        } else if (ways.views.reachFar()) {
            ways.views.ask(id, message);
        } else {
            notFound(message);
        }
    }

    /** @param session entered by who calls this, and left here */
    private void fork(Session session, ForkSession message) {
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
        refuse(message, ErrorCode.SESSION_NOT_FOUND, "Session " + message.sessionId() + " not found");
    }

    void refuse(ForkSession message, ErrorCode code, String text) {
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
