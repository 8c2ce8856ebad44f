package dev.agentws.agent;

import dev.agentws.agent.SessionRegistry.Refusal;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.journal.Book;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins the book of a session that is to be, so that nobody is told of one that cannot be kept. */
final class BookClaim {
    private static final Logger LOG = LoggerFactory.getLogger(BookClaim.class);

    private final SessionRecords records;
    private final Journal journal;
    private final Session session;

    BookClaim(SessionRecords records, Journal journal, Session session) {
        this.records = records;
        this.journal = journal;
        this.session = session;
    }

    /** @param then called on {@code loop}, once, with null if all is well */
    void begin(StateRecord first, EventExecutor loop, Consumer<@Nullable Refusal> then) {
        if (records.slow()) {
            then.accept(Refusal.UNWRITTEN);
            return;
        }
        // The nodes together may have no more than one alone.
        records.ownership().admit(session.id()).whenComplete((admitted, thrown) -> {
            if (thrown != null) {
                LOG.error("session {}: cannot be counted", session.id(), thrown);
                loop.execute(() -> then.accept(Refusal.UNWRITTEN));
            } else if (!admitted) {
                loop.execute(() -> then.accept(Refusal.FULL));
            } else {
                loop.execute(() -> write(first, loop, then));
            }
        });
    }

    private void write(StateRecord first, EventExecutor loop, Consumer<@Nullable Refusal> then) {
        Book book = journal.create(session.id());
        book.append(session.beginning(first), thrown -> {
            Refusal failure = refusal(book, thrown);
            if (failure != null && failure != Refusal.EXISTS) {
                records.ownership().dismiss(session.id());
            }
            loop.execute(() -> {
                if (failure == null) {
                    session.record(book);
                }
                then.accept(failure);
            });
        });
    }

    private static @Nullable Refusal refusal(Book book, @Nullable JournalException failure) {
        if (failure == null) {
            return null;
        }
        book.close();
        if (failure.reason() == JournalException.Reason.EXISTS) {
            return Refusal.EXISTS;
        }
        LOG.error("session {}: cannot be written down: {}", book.sessionId(), failure.getMessage());
        return Refusal.UNWRITTEN;
    }
}
