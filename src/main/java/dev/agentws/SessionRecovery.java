package dev.agentws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.Session;
import dev.agentws.agent.SessionRegistry;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.options.SessionOptions;
import dev.agentws.agent.options.SessionOptionsReader;
import dev.agentws.agent.permission.PermissionUpdateReader;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.agent.record.StoredSummary;
import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the sessions of an earlier process back, before anybody is let in; of those that sleep only the summary. What cannot be read is left alone and told in the log. */
final class SessionRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRecovery.class);
    /** Each page costs a look at all sessions there are. */
    private static final int PAGE = 10_000;
    /** How many books are read at a time. */
    private static final int READERS = 4;

    private final Journal journal;
    private final End ended;
    private final boolean hibernates;
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
        this.hibernates = settings.hibernateAfter() != null;
        this.registry = registry;
        this.options = options;
        this.updates = updates;
    }

    /**
     * Blocks until all are back.
     *
     * @param desk where books may be read
     * @return how many
     */
    int run(EventLoopGroup loops, Executor desk) throws JournalException {
        Queue<Found> awake = new ConcurrentLinkedQueue<>();
        String cursor = null;
        do {
            Listing page = journal.list(Shelf.CURRENT, cursor, PAGE);
            for (Listing.Item item : page.sessions()) {
                SessionInfo asleep = StoredSummary.asleep(item.summary());
                if (asleep != null && hibernates && asleep.id().equals(item.sessionId())) {
                    registry.sleeps(asleep);
                } else {
                    awake.add(new Found(item.sessionId(), asleep != null));
                }
            }
            cursor = page.next();
        } while (cursor != null);
        CompletableFuture.allOf(Stream.generate(() -> CompletableFuture.runAsync(() -> bringBack(awake, loops), desk))
                        .limit(READERS)
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        return registry.size();
    }

    private void bringBack(Queue<Found> awake, EventLoopGroup loops) {
        for (Found found = awake.poll(); found != null; found = awake.poll()) {
            try {
                revive(journal.open(found.id), loops.next(), found.marked);
            } catch (JournalException e) {
                if (e.reason() != Reason.NOT_FOUND) {
                    LOG.error("session {}: cannot be brought back: {}", found.id, e.getMessage());
                }
            }
        }
    }

    /** @param marked whether listings show it as asleep */
    private record Found(String id, boolean marked) {}

    /**
     * Brings back one session that nobody has; listings may show it as asleep. Blocks.
     *
     * @throws JournalException as {@link Journal#open} does; NOT_FOUND when it has ended; DAMAGED when its book cannot be understood
     */
    Session take(String id, EventExecutor loop) throws JournalException {
        return revive(journal.open(id), loop, true);
    }

    /**
     * The session of a book. It may be gone again, or asleep, when this returns.
     *
     * @param marked whether listings may show it as asleep, or otherwise than it is
     * @throws JournalException DAMAGED when it cannot be understood; NOT_FOUND when it has ended, and is put away
     */
    private Session revive(Book book, EventExecutor loop, boolean marked) throws JournalException {
        try {
            StoredSession stored = StoredSession.read(book);
            ObjectNode given = stored.options();
            if (stored.ended()) {
                putAway(book);
                throw new JournalException(Reason.NOT_FOUND, "session " + book.sessionId() + ": has ended");
            }
            if (given == null) {
                throw new IOException("its book does not begin with a session");
            }
            SessionOptions wanted = options.read(given);
            return loop.submit(() -> {
                        Session session = registry.revive(stored, wanted, book, updates, loop);
                        if (marked) {
                            session.story().awake();
                        }
                        return session;
                    })
                    .syncUninterruptibly()
                    .getNow();
        } catch (IOException | SessionOptions.Invalid | RuntimeException e) {
            book.close();
            throw new JournalException(
                    Reason.DAMAGED, "session " + book.sessionId() + ": its book stays as it is: " + e.getMessage(), e);
        } catch (JournalException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                book.close();
            }
            throw e;
        }
    }

    private void putAway(Book book) {
        book.end(ended, failure -> {
            if (failure != null) {
                LOG.error("session {}: its book could not be put away", book.sessionId(), failure);
            }
        });
    }
}
