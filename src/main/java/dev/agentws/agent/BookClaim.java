package dev.agentws.agent;

import dev.agentws.agent.SessionRegistry.Refusal;
import dev.agentws.agent.SessionRegistry.Slot;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins the book of a session that is to be, so that nobody is told of one that cannot be kept. */
final class BookClaim {
    private static final Logger LOG = LoggerFactory.getLogger(BookClaim.class);

    private final SessionRecords records;
    private final Journal journal;
    private final Slot slot;

    BookClaim(SessionRecords records, Journal journal, Slot slot) {
        this.records = records;
        this.journal = journal;
        this.slot = slot;
    }

    /** @param then called on {@code loop}, once, with null if all is well */
    void begin(StateRecord first, EventExecutor loop, Consumer<@Nullable Refusal> then) {
        if (records.slow()) {
            then.accept(Refusal.UNWRITTEN);
            return;
        }
        // The nodes together may have no more than one alone.
        records.ownership().admit(slot.id()).whenComplete((admitted, thrown) -> {
            if (thrown != null) {
                LOG.error("session {}: cannot be counted", slot.id(), thrown);
                loop.execute(() -> then.accept(Refusal.UNWRITTEN));
            } else if (!admitted) {
                loop.execute(() -> then.accept(Refusal.FULL));
            } else {
                write(first, failure -> {
                    if (failure != null && failure != Refusal.EXISTS) {
                        records.ownership().dismiss(slot.id());
                    }
                    loop.execute(() -> then.accept(failure));
                });
            }
        });
    }

    private void write(StateRecord first, Consumer<@Nullable Refusal> then) {
        Book book = journal.create(slot.id());
        slot.book(book);
        book.append(
                List.of(new Entry(0, first.kind().word(), first.json())),
                failure -> then.accept(refusal(book, failure)));
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
