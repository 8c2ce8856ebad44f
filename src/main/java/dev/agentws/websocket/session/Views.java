package dev.agentws.websocket.session;

import dev.agentws.agent.Session;
import dev.agentws.agent.SessionServices.Workers;
import dev.agentws.cluster.ClusterNode;
import dev.agentws.protocol.ClientMessage;
import dev.agentws.websocket.Outbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection's views of sessions, here and on other nodes; at most one of each session. Confined to the connection's loop. */
final class Views {
    private final Outbox outbox;
    private final Workers workers;
    private final @Nullable ClusterNode node;
    private final FarSession.Owner owner;
    private final List<Subscription> near = new ArrayList<>(1);
    /** Null while there has been none, as on most connections. */
    private @Nullable Map<String, FarSession> far;

    private boolean closed;

    /**
     * @param node null when this process is alone
     * @param owner what sessions of other nodes tell
     */
    Views(Outbox outbox, Workers workers, @Nullable ClusterNode node, FarSession.Owner owner) {
        this.outbox = outbox;
        this.workers = workers;
        this.node = node;
        this.owner = owner;
    }

    /** This connection's view of a session here, new if there is none. */
    Subscription of(Session session) {
        for (Subscription each : near) {
            if (each.session() == session) {
                return each;
            }
        }
        Subscription fresh = new Subscription(session, workers, outbox, this::forget);
        FarSession before = far(session.id());
        long shown = before == null ? -1 : before.leave();
        if (shown >= 0) {
            session.execute(() -> fresh.goOn(shown));
        }
        near.add(fresh);
        return fresh;
    }

    /** The session was over before a message came there that may have wanted a view of it. */
    void tooLate(Session session) {
        for (Subscription each : near) {
            if (each.session() == session) {
                session.execute(each::tooLate);
            }
        }
    }

    private @Nullable FarSession far(@Nullable String id) {
        return far == null || id == null ? null : far.get(id);
    }

    private void forget(Subscription subscription) {
        near.remove(subscription);
        Subscription.Lost lost = subscription.lost();
        if (lost != null && !closed && reachFar()) {
            String id = subscription.session().id();
            elsewhere(id).goOn(lost.shown(), lost.asked());
        }
    }

    /** Whether messages to the session wait for answers of another node, so that what comes now has to wait too. */
    boolean waits(@Nullable String id) {
        FarSession session = far(id);
        return session != null && session.asking();
    }

    /** Whether sessions may be on other nodes. */
    boolean reachFar() {
        return node != null;
    }

    /** Passes a message on to the node that has the session; only where {@link #reachFar}. */
    void ask(String id, ClientMessage message) {
        if (!closed) {
            elsewhere(id).ask(message);
        }
    }

    /**
     * Sees to it that what this message changed in a session here is not forgotten if another node takes the session over before it is
     * written. On the session's loop.
     */
    void secure(Session session, ClientMessage message) {
        if (reachFar() && changes(message)) {
            // A turn that began with it may be on its way to another loop.
            session.execute(() ->
                    session.story().whenSafe(() -> {}, () -> outbox.execute(() -> askAgain(session.id(), message))));
        }
    }

    private static boolean changes(ClientMessage message) {
        return switch (message.kind()) {
            case SUBSCRIBE, LOAD_MESSAGES, FORK_SESSION -> false;
            default -> true;
        };
    }

    private void askAgain(String id, ClientMessage message) {
        if (!closed) {
            elsewhere(id).askAgain(message);
        }
    }

    private FarSession elsewhere(String id) {
        Map<String, FarSession> all = far;
        if (all == null) {
            all = new HashMap<>();
            far = all;
        }
        ClusterNode through = node;
        if (through == null) {
            throw new IllegalStateException("session " + id + ": there are no other nodes");
        }
        return all.computeIfAbsent(id, each -> new FarSession(each, through, outbox, owner));
    }

    /** Nothing waits for that session and nothing is shown of it. */
    void forget(FarSession session) {
        if (far != null) {
            far.remove(session.id(), session);
        }
    }

    void writabilityChanged() {
        for (int i = 0; i < near.size(); i++) {
            near.get(i).writabilityChanged();
        }
        if (far != null) {
            List.copyOf(far.values()).forEach(FarSession::writabilityChanged);
        }
    }

    /** The connection is closed. */
    void leaveAll() {
        closed = true;
        for (Subscription subscription : List.copyOf(near)) {
            subscription.session().execute(subscription::leave);
        }
        near.clear();
        if (far != null) {
            far.values().forEach(FarSession::close);
            far.clear();
        }
    }
}
