package dev.agentws.journal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of sessions.
 *
 * @param next the cursor of the page after this; null when this is the last
 */
public record Listing(List<Item> sessions, @Nullable String next) {
    public Listing {
        sessions = List.copyOf(sessions);
    }

    /**
     * One session.
     *
     * @param activeAtMillis its last activity, milliseconds since 1970
     * @param summary what {@link Book#summary} stored last; empty when it never did
     */
    public record Item(String sessionId, long activeAtMillis, byte[] summary) {}
}
