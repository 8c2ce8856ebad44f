package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.end;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The thread that writes: what it survives, and for how long it leaves others waiting. */
final class WriterTest {
    private static final int MANY = 300;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path root;

    private final FaultyDisk disk = FaultyDisk.quick();

    private FileJournalConfig config(Durability durability, int logBytes) {
        return new FileJournalConfig(
                root, durability, Duration.ZERO, Duration.ofSeconds(50), 1, 1 << 20, 8 << 20, logBytes);
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void somethingThatNobodyThoughtOfFailsAllBooksAndTheyGoOnOnceTheyAreOpenedAgain(Durability level) throws Exception {
        try (Journal journal = FileJournal.start(config(level, 8 << 20), disk)) {
            Book one = journal.create("one");
            Book two = journal.create("two");
            commit(one, entries(1, 3));
            commit(two, entries(1, 2));
            disk.bug(new AssertionError("a bug"));
            JournalException failure = append(one, entries(4, 5));
            assertThat(failure).hasMessageContaining("session one").hasMessageContaining("a bug");
            assertThat(failure).extracting(JournalException::reason).isEqualTo(Reason.UNAVAILABLE);
            assertThat(append(two, entries(3, 3)))
                    .as("nobody knows what is in the log")
                    .hasMessageContaining("a bug");
            disk.bug(null);
            assertThat(append(one, entries(6, 6))).isSameAs(failure);
            assertThat(seqs(one, -1)).containsExactly(1L, 2L, 3L);
            Book again = journal.reopen(one);
            assertThat(again.entries()).isEqualTo(3);
            commit(again, entries(4, 5));
            commit(journal.create("three"), entries(1, 1));
            commit(journal.reopen(two), entries(3, 3));
        }
        try (Journal journal = FileJournal.start(config(level, 8 << 20), disk)) {
            assertThat(seqs(journal.open("one"), -1)).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(seqs(journal.open("two"), -1)).containsExactly(1L, 2L, 3L);
            assertThat(seqs(journal.open("three"), -1)).containsExactly(1L);
        }
    }

    @Test
    void aBookIsLetGoOfAlthoughTheWriterFailsOverIt() throws Exception {
        try (Journal journal = FileJournal.start(config(Durability.STRICT, 8 << 20), disk)) {
            Book one = journal.create("one");
            commit(one, entries(1, 3));
            disk.bug(new AssertionError("a bug"));
            one.close();
            Book again = journal.open("one");
            disk.bug(null);
            assertThat(seqs(again, -1)).containsExactly(1L, 2L, 3L);
            commit(journal.reopen(again), entries(4, 4));
        }
    }

    @Test
    void aCommitDoesNotWaitUntilAllSessionsOfAnOldLogAreMoved() throws Exception {
        // Whenever somebody looks, twenty milliseconds have passed.
        long[] now = {0};
        try (Journal journal = FileJournal.start(config(Durability.STRICT, 40_000), disk, () -> now[0] += 20_000_000)) {
            List<Book> idle = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                idle.add(journal.create("idle" + i));
                commit(idle.get(i), entries(1, 1));
            }
            Book busy = journal.create("busy");
            long most = 0;
            for (int i = 0; i < 2_000; i++) {
                long before = folders();
                commit(busy, entries(i, i));
                most = Math.max(most, folders() - before);
            }
            assertThat(most).as("moved while one commit waited").isLessThan(MANY / 5);
            assertThat(folders()).isGreaterThan(MANY);
            assertThat(seqs(idle.get(7), -1)).containsExactly(1L);
        }
    }

    @Test
    void aCommitDoesNotWaitUntilSessionsThatBecameLargeTogetherAreMoved() throws Exception {
        long[] now = {0};
        try (Journal journal = FileJournal.start(config(Durability.FAST, 16_000), disk, () -> now[0] += 20_000_000)) {
            Book first = journal.create("first");
            CountDownLatch all = new CountDownLatch(1);
            first.append(entries(1, 1), failure -> awaited(all));
            List<CompletableFuture<JournalException>> large = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                CompletableFuture<JournalException> done = new CompletableFuture<>();
                large.add(done);
                journal.create("large" + i).append(entries(1, 30), done::complete);
            }
            all.countDown();
            for (CompletableFuture<JournalException> each : large) {
                assertThat(each.get()).isNull();
            }
            CompletableFuture<Long> moved = new CompletableFuture<>();
            first.append(entries(2, 2), failure -> moved.complete(folders()));
            assertThat(moved.get()).as("moved before this one").isEqualTo(1);
        }
    }

    @Test
    void aCommitDoesNotWaitUntilAllThatGoAtOnceAreGone() throws Exception {
        long[] now = {0};
        try (Journal journal = FileJournal.start(config(Durability.FAST, 8 << 20), disk, () -> now[0] += 20_000_000)) {
            List<Book> going = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                going.add(journal.create("s" + i));
                commit(going.get(i), entries(1, 1));
            }
            Book first = journal.create("first");
            CountDownLatch all = new CountDownLatch(1);
            first.append(entries(1, 1), failure -> awaited(all));
            going.forEach(Book::close);
            CompletableFuture<Long> gone = new CompletableFuture<>();
            first.append(entries(2, 2), failure -> first.append(entries(3, 3), next -> gone.complete(folders())));
            all.countDown();
            assertThat(gone.get()).as("gone between two commits").isLessThan(3);
            Book again = journal.open("s" + (MANY - 1));
            assertThat(folders()).as("who opens one waits for it").isGreaterThanOrEqualTo(MANY);
            assertThat(end(again, End.DELETE)).isNull();
        }
        try (Journal journal = FileJournal.start(config(Durability.FAST, 8 << 20), disk)) {
            assertThat(seqs(journal.open("s" + (MANY - 2)), -1)).containsExactly(1L);
            assertThatThrownBy(() -> journal.open("s" + (MANY - 1))).hasMessageContaining("not found");
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aListingHasAllSessionsThatAreOnlyInTheLogAlthoughTheyGetTheirDirectoriesPieceByPiece() throws Exception {
        long[] now = {0};
        try (Journal journal = FileJournal.start(config(Durability.FAST, 8 << 20), disk, () -> now[0] += 20_000_000)) {
            for (int i = 0; i < MANY; i++) {
                commit(journal.create("s" + i), entries(1, 1));
            }
            assertThat(journal.list(Shelf.CURRENT, null, 2 * MANY).sessions()).hasSize(MANY);
        }
    }

    private long folders() {
        try (Stream<Path> folders = Files.list(root.resolve("sessions"))) {
            return folders.filter(folder -> !folder.getFileName().toString().startsWith("."))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
