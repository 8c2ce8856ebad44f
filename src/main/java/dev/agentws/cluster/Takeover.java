package dev.agentws.cluster;

import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Takes up sessions, each once at a time however many ask. Thread-safe; blocks. */
final class Takeover {
    private final SessionRegistry registry;
    private final Revival revival;
    private final ConcurrentMap<String, CompletableFuture<Session>> underway = new ConcurrentHashMap<>();

    Takeover(SessionRegistry registry, Revival revival) {
        this.registry = registry;
        this.revival = revival;
    }

    /** The session, alive here from now on if it was not already. */
    Session take(String id) throws JournalException {
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
