package dev.agentws;

import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes archived sessions that are older than they may be. A crash in its midst leaves a session that has ended on the shelf of the
 * current ones, from where the next start puts it back.
 */
final class ArchiveSweep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveSweep.class);
    private static final int PAGE = 200;

    private final Journal journal;
    private final Duration keep;
    private final InstantSource clock;

    /** @param keep how long after its last activity a session stays; zero: for ever */
    ArchiveSweep(Journal journal, Duration keep, InstantSource clock) {
        this.journal = journal;
        this.keep = keep;
        this.clock = clock;
    }

    /** Blocks: for workers. */
    @Override
    public void run() {
        if (keep.isZero()) {
            return;
        }
        long before = clock.millis() - keep.toMillis();
        int removed = 0;
        try {
            for (String id : old(before)) {
                removed += remove(id) ? 1 : 0;
            }
        } catch (JournalException e) {
            LOG.warn("archived sessions cannot be looked through: {}", e.getMessage());
        }
        if (removed > 0) {
            LOG.info("{} archived sessions of more than {} days ago are deleted", removed, keep.toDays());
        }
    }

    private List<String> old(long before) throws JournalException {
        List<String> found = new ArrayList<>();
        String cursor = null;
        do {
            Listing page = journal.list(Shelf.ARCHIVE, cursor, PAGE);
            for (Listing.Item item : page.sessions()) {
                if (item.activeAtMillis() < before) {
                    found.add(item.sessionId());
                }
            }
            cursor = page.next();
        } while (cursor != null);
        return found;
    }

    private boolean remove(String id) {
        try {
            journal.open(id).end(End.DELETE, failure -> {
                if (failure != null) {
                    LOG.warn("session {}: cannot be deleted from the archive: {}", id, failure.getMessage());
                }
            });
            return true;
        } catch (JournalException e) {
            // Somebody may just have taken it up again.
            LOG.debug("session {}: stays in the archive: {}", id, e.getMessage());
            return false;
        }
    }
}
