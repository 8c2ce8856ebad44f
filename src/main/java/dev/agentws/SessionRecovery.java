package dev.agentws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the sessions of an earlier process back, before anybody is let in. What cannot be read is left alone and told in the log. */
final class SessionRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRecovery.class);
    private static final int PAGE = 1000;

    private final Journal journal;
    private final End ended;
    private final SessionRegistry registry;
    private final SessionOptionsReader options;
    private final PermissionUpdateReader updates;

    SessionRecovery(
            JournalSettings settings,
            Journal journal,
            SessionRegistry registry,
            SessionOptionsReader options,
            PermissionUpdateReader updates) {
        this.journal = journal;
        this.ended = settings.ended();
        this.registry = registry;
        this.options = options;
        this.updates = updates;
    }

    /**
     * Blocks until all are back.
     *
     * @return how many
     */
    int run(EventLoopGroup loops) throws JournalException {
        for (String id : sessions()) {
            try {
                revive(journal.open(id), loops.next());
            } catch (JournalException e) {
                LOG.error("session {}: cannot be brought back: {}", id, e.getMessage());
            }
        }
        return registry.size();
    }

    private List<String> sessions() throws JournalException {
        List<String> all = new ArrayList<>();
        String cursor = null;
        do {
            Listing page = journal.list(Shelf.CURRENT, cursor, PAGE);
            page.sessions().forEach(each -> all.add(each.sessionId()));
            cursor = page.next();
        } while (cursor != null);
        return all;
    }

    /**
     * Brings back one session that nobody has. Blocks.
     *
     * @throws JournalException as {@link Journal#open} does; NOT_FOUND when it has ended; DAMAGED when its book cannot be understood
     */
    Session take(String id, EventLoop loop) throws JournalException {
        boolean revived = revive(journal.open(id), loop);
        Session session = registry.find(id);
        if (session != null) {
            return session;
        }
        // One that is alive and gone again already has ended, too.
        throw revived
                ? new JournalException(Reason.NOT_FOUND, "session " + id + ": has ended")
                : new JournalException(Reason.DAMAGED, "session " + id + ": its book cannot be understood");
    }

    /** @return whether its book could be understood; one that has ended is put away */
    private boolean revive(Book book, EventLoop loop) {
        try {
            StoredSession stored = StoredSession.read(book);
            ObjectNode given = stored.options();
            if (stored.ended()) {
                book.end(ended, failure -> {
                    if (failure != null) {
                        LOG.error("session {}: its book could not be put away", book.sessionId(), failure);
                    }
                });
                return true;
            }
            if (given == null) {
                throw new IOException("its book does not begin with a session");
            }
            SessionOptions wanted = options.read(given);
            loop.submit(() -> registry.revive(stored, wanted, book, updates, loop))
                    .syncUninterruptibly();
            return true;
        } catch (JournalException | IOException | SessionOptions.Invalid | RuntimeException e) {
            LOG.error(
                    "session {}: cannot be brought back, its book stays as it is: {}",
                    book.sessionId(),
                    e.getMessage());
            book.close();
            return false;
        }
    }
}
