package dev.agentws.cluster;

import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.journal.Cluster;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Finds sessions, and takes up those that nobody has, each once at a time however many ask. Thread-safe; blocks. */
final class Takeover {
    /** The limit that all sessions count for. */
    static final String ALL = "sessions";

    private final Cluster cluster;
    private final SessionRegistry registry;
    private final Revival revival;
    private final CommandInbox inbox;
    private final Contact contact;
    private final BooleanSupplier leaving;
    private final ConcurrentMap<String, CompletableFuture<Session>> underway = new ConcurrentHashMap<>();

    /** @param leaving whether nothing is taken up any more */
    Takeover(
            Cluster cluster,
            SessionRegistry registry,
            Revival revival,
            CommandInbox inbox,
            Contact contact,
            BooleanSupplier leaving) {
        this.cluster = cluster;
        this.registry = registry;
        this.revival = revival;
        this.inbox = inbox;
        this.contact = contact;
        this.leaving = leaving;
    }

    /**
     * @param most how many sessions may be awake on all nodes with this one
     * @return the session if it is here or could be taken up; null if another node has it
     * @throws JournalException CROWDED when as many are awake; TAKEN when its owner may only have been unable to say that it lives, and has
     *     not had the time to since
     */
    @Nullable
    Session locate(String sessionId, int most) throws JournalException {
        Session known = registry.find(sessionId);
        if (known != null) {
            return known;
        }
        if (!cluster.current(sessionId)) {
            throw new JournalException(Reason.NOT_FOUND, "session " + sessionId + ": not found");
        }
        if (cluster.elsewhere(sessionId) || leaving.getAsBoolean()) {
            return null;
        }
        if (!contact.calm() && cluster.deserted(sessionId)) {
            throw new JournalException(Reason.TAKEN, "session " + sessionId + ": its node may yet say that it lives");
        }
        if (!cluster.admit(ALL, sessionId, most)) {
            throw new JournalException(
                    Reason.CROWDED, "session " + sessionId + ": as many sessions are awake as may be");
        }
        try {
            Session taken = take(sessionId);
            inbox.check(sessionId);
            return taken;
        } catch (JournalException e) {
            if (e.reason() == Reason.TAKEN) {
                return null;
            }
            if (e.reason() == Reason.NOT_FOUND) {
                cluster.dismiss(ALL, sessionId);
            }
            throw e;
        }
    }

    /** The session, alive here from now on if it was not already. */
    private Session take(String id) throws JournalException {
        CompletableFuture<Session> mine = new CompletableFuture<>();
        CompletableFuture<Session> other = underway.putIfAbsent(id, mine);
        if (other != null) {
            return await(other);
        }
        try {
            Session here = registry.find(id);
            mine.complete(here != null ? here : revival.take(id));
        } catch (JournalException | RuntimeException e) {
            mine.completeExceptionally(e);
        } finally {
            underway.remove(id, mine);
        }
        return await(mine);
    }

    private static Session await(CompletableFuture<Session> taken) throws JournalException {
        try {
            return taken.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof JournalException why) {
                throw why;
            }
            throw new JournalException(Reason.UNAVAILABLE, "not taken up: " + e.getCause(), e);
        }
    }
}
