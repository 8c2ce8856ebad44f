package dev.agentws.cluster;

import dev.agentws.agent.record.StoredFrames;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.cluster.ClusterNode.Stored;
import dev.agentws.cluster.ClusterNode.Stretch;
import dev.agentws.journal.Cluster;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads sessions without having them. Thread-safe; blocks. */
final class Onlooker {
    private static final Logger LOG = LoggerFactory.getLogger(Onlooker.class);
    private static final int PAGE = 1000;

    private final Cluster cluster;
    private final Journal journal;

    Onlooker(Cluster cluster, Journal journal) {
        this.cluster = cluster;
        this.journal = journal;
    }

    /** Null when they cannot be found out just now. */
    @Nullable
    List<Stored> all() {
        List<Stored> all = new ArrayList<>();
        String cursor = null;
        try {
            do {
                Listing page = journal.list(Shelf.CURRENT, cursor, PAGE);
                for (Listing.Item item : page.sessions()) {
                    all.add(new Stored(item.sessionId(), item.summary()));
                }
                cursor = page.next();
            } while (cursor != null);
            return all;
        } catch (JournalException e) {
            LOG.warn("the sessions of all nodes cannot be listed: {}", e.getMessage());
            return null;
        }
    }

    /** Sessions that no node has, and in which nothing seems to have happened since then; none when that cannot be found out just now. */
    List<String> unowned(long sinceMs) {
        try {
            return cluster.unowned(sinceMs);
        } catch (JournalException e) {
            LOG.debug("sessions that nobody has cannot be looked for just now", e);
            return List.of();
        }
    }

    /** What a session has shown after {@code afterSeq}; null when it cannot be read just now. */
    @Nullable
    Stretch stretch(String sessionId, long afterSeq) {
        try {
            StoredFrames found = frames(sessionId, afterSeq);
            if (found.lastSeq() > 0) {
                return new Stretch(found, found.lastSeq(), false);
            }
            if (cluster.current(sessionId)) {
                return new Stretch(found, Math.max(0, cluster.lastSeq(sessionId)), false);
            }
            // Its last frames may have come between the two looks.
            StoredFrames rest = frames(sessionId, afterSeq);
            return new Stretch(rest, rest.lastSeq(), rest.lastSeq() == 0);
        } catch (JournalException e) {
            LOG.debug("session {}: what came after {} cannot be read yet", sessionId, afterSeq, e);
            return null;
        }
    }

    private StoredFrames frames(String sessionId, long afterSeq) throws JournalException {
        return StoredFrames.after(afterSeq, (after, reader) -> cluster.read(sessionId, after, reader));
    }

    /** All that a session is; null when it cannot be read just now. */
    @Nullable
    StoredSession stored(String sessionId) {
        StoredSession stored = new StoredSession();
        List<IOException> broken = new ArrayList<>(0);
        try {
            cluster.read(sessionId, -1, entry -> {
                try {
                    stored.apply(entry);
                } catch (IOException e) {
                    broken.add(e);
                }
                return broken.isEmpty();
            });
            if (!broken.isEmpty()) {
                throw broken.get(0);
            }
            return stored;
        } catch (JournalException | IOException e) {
            LOG.warn("session {}: cannot be read: {}", sessionId, e.getMessage());
            return null;
        }
    }
}
