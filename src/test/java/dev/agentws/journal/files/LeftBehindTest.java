package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.end;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.entry;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that cannot be brought from the log to files of their own, or are taken away, at a bad moment. */
final class LeftBehindTest {
    private static final int LOG_BYTES = 4_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path root;

    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void aClosedSessionThatCannotBeMovedIsStillThereWhenItsLogHasGone() throws Exception {
        try (Journal journal = start(LOG_BYTES)) {
            Book stuck = journal.create("stuck");
            commit(stuck, entries(1, 3));
            Files.createFile(data("sessions/stuck"));
            stuck.close();
            fill(journal.create("busy"));
            Book again = journal.open("stuck");
            assertThat(seqs(again, -1)).containsExactly(1L, 2L, 3L);
            commit(again, entries(4, 5));
            Files.delete(data("sessions/stuck"));
        }
        try (Journal journal = start(LOG_BYTES)) {
            assertThat(seqs(journal.open("stuck"), -1)).containsExactly(1L, 2L, 3L, 4L, 5L);
        }
    }

    @Test
    void aSessionThatCannotBeMovedTakesNoMoreThanALittle() throws Exception {
        String json = "{\"t\":\"" + "x".repeat(500) + "\"}";
        try (Journal journal = start(LOG_BYTES)) {
            Book stuck = journal.create("stuck");
            commit(stuck, entries(0, 0));
            Files.createFile(data("sessions/stuck"));
            Book busy = journal.create("busy");
            long last = 0;
            for (int i = 0; i < 100; i++) {
                if (append(stuck, List.of(entry(last + 1, "frame", json))) == null) {
                    last++;
                } else {
                    stuck.close();
                    stuck = journal.open("stuck");
                }
                commit(busy, entries(i, i));
            }
            assertThat(last).isBetween(1L, 8L);
            assertThat(seqs(stuck, 0)).hasSize((int) last);
            Files.delete(data("sessions/stuck"));
            stuck.close();
            stuck = journal.open("stuck");
            commit(stuck, entries(last + 1, last + 1));
            assertThat(seqs(stuck, 0)).hasSize((int) last + 1);
        }
    }

    @Test
    void aSessionThatIsDeletedBeforeItCouldHaveADirectoryIsGone() throws Exception {
        try (Journal journal = start(8 << 20)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            disk.failNames(new IOException("No space left on device"));
            book.summary(new byte[] {'{', '}'});
            assertThat(end(book, End.DELETE)).isNull();
            disk.failNames(null);
            assertThat(data("sessions/one")).doesNotExist();
            assertThatThrownBy(() -> journal.open("one")).hasMessage("session one: not found");
            commit(journal.create("one"), entries(1, 1));
        }
    }

    @Test
    void whoWasRefusedANameDeletesNothingOfItsOwner() throws Exception {
        Path crashed = root.resolve("crashed");
        try (Journal journal = start(8 << 20)) {
            Book owner = journal.create("one");
            commit(owner, entries(1, 3));
            Book late = journal.create("one");
            assertThat(append(late, entries(1, 1)))
                    .extracting(JournalException::reason)
                    .isEqualTo(Reason.EXISTS);
            end(late, End.DELETE);
            commit(owner, entries(4, 4));
            Book sleeper = journal.create("two");
            commit(sleeper, entries(1, 2));
            sleeper.close();
            end(journal.create("two"), End.DELETE);
            commit(owner, entries(5, 5));
            LogTest.copy(data(""), crashed);
        }
        try (Journal journal = FileJournal.start(config(crashed, 8 << 20))) {
            assertThat(seqs(journal.open("one"), -1)).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(seqs(journal.open("two"), -1)).containsExactly(1L, 2L);
        }
    }

    @Test
    void aDeletionThatFailsHalfwayIsNotInTheWayOfTheNext() throws Exception {
        try (Journal journal = start(8 << 20)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            // The rest of an earlier deletion.
            Files.createDirectories(data("sessions/.gone-one"));
            Files.createFile(data("sessions/.gone-one/rest"));
            journal.list(Shelf.CURRENT, null, 10);
            assertThat(end(book, End.DELETE)).isNull();
            assertThatThrownBy(() -> journal.open("one")).hasMessage("session one: not found");
        }
    }

    @Test
    void aLogThatCannotBeDeletedIsNotWrittenToAnyMore() throws Exception {
        FileJournalConfig config = new FileJournalConfig(
                data(""), Durability.FAST, Duration.ZERO, Duration.ofMillis(1), 1, 1 << 20, 8 << 20, 8 << 20);
        try (Journal journal = FileJournal.start(config, disk)) {
            Book book = journal.create("one");
            commit(book, entries(1, 1));
            journal.list(Shelf.CURRENT, null, 10);
            disk.failNames(new IOException("Input/output error"));
            commit(book, entries(2, 2));
            long before = disk.refused();
            while (disk.refused() == before) {
                // The writer has nothing to do and empties its log soon.
                Thread.onSpinWait();
            }
            commit(book, entries(3, 3));
            disk.failNames(null);
            commit(book, entries(4, 4));
        }
        try (Journal journal = FileJournal.start(config)) {
            assertThat(seqs(journal.open("one"), -1)).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @Test
    void logsThatCannotBeDeletedAreTriedAgainWithTheNextCommitAndNotWithoutAPause() throws Exception {
        int commits = 200;
        try (Journal journal = start(LOG_BYTES)) {
            Book book = journal.create("one");
            commit(book, entries(0, 0));
            journal.list(Shelf.CURRENT, null, 10);
            disk.failNames(new IOException("Input/output error"));
            for (int i = 1; i <= commits; i++) {
                commit(book, entries(i, i));
            }
            assertThat(disk.refused()).isBetween(1L, 2L * commits);
            disk.failNames(null);
        }
    }

    @Test
    void whatPeoplePutBesideSessionsAndLogsIsLeftAlone() throws Exception {
        for (String name : List.of("100%sure", "%zz", "%61", "Photos", "%c3")) {
            Files.createDirectories(data("sessions").resolve(name));
        }
        Files.createDirectories(data("log"));
        Files.createFile(data("log/000000000001 (copy).jsonl"));
        try (Journal journal = start(8 << 20)) {
            commit(journal.create("a"), entries(1, 1));
            assertThat(journal.list(Shelf.CURRENT, null, 10).sessions())
                    .extracting(Listing.Item::sessionId)
                    .containsExactly("a");
        }
    }

    private void fill(Book busy) {
        for (int i = 0; i < 500; i++) {
            commit(busy, entries(i, i));
        }
    }

    private Path data(String below) {
        return root.resolve("data").resolve(below);
    }

    /** Moves nothing by itself while the test runs, unless the log is full. */
    private Journal start(long logBytes) throws JournalException {
        return FileJournal.start(config(data(""), logBytes), disk);
    }

    private static FileJournalConfig config(Path directory, long logBytes) {
        return new FileJournalConfig(
                directory, Durability.FAST, Duration.ZERO, Duration.ofSeconds(50), 1, 1 << 20, 8 << 20, logBytes);
    }
}
