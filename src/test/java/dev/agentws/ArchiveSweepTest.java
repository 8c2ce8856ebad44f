package dev.agentws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Listing;
import dev.agentws.journal.MemoryJournal;
import dev.agentws.journal.Shelf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which archived sessions go. */
final class ArchiveSweepTest {
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.US_ASCII);

    private long nowMs = 1_000_000_000L;
    private final MemoryJournal journal = new MemoryJournal(() -> nowMs);

    private Book write(String id) {
        Book book = journal.create(id);
        book.append(List.of(new Entry(0, "session", NOTHING)), failure -> assertThat(failure)
                .isNull());
        return book;
    }

    private List<String> on(Shelf shelf) throws JournalException {
        return journal.list(shelf, null, 1000).sessions().stream()
                .map(Listing.Item::sessionId)
                .toList();
    }

    private void sweep(Duration keep) {
        new ArchiveSweep(journal, keep, () -> Instant.ofEpochMilli(nowMs)).run();
    }

    @Test
    void onlyArchivedSessionsThatAreOldEnoughAreDeleted() throws Exception {
        for (int i = 0; i < 450; i++) {
            write("old" + i).end(End.ARCHIVE, failure -> {});
        }
        write("current");
        nowMs += Duration.ofDays(2).toMillis();
        write("young").end(End.ARCHIVE, failure -> {});
        nowMs += Duration.ofDays(2).toMillis();
        sweep(Duration.ofDays(3));
        assertThat(on(Shelf.ARCHIVE)).containsExactly("young");
        assertThat(on(Shelf.CURRENT)).containsExactly("current");
    }

    @Test
    void whatIsKeptForEverStays() throws Exception {
        write("old").end(End.ARCHIVE, failure -> {});
        nowMs += Duration.ofDays(10_000).toMillis();
        sweep(Duration.ZERO);
        assertThat(on(Shelf.ARCHIVE)).containsExactly("old");
    }
}
