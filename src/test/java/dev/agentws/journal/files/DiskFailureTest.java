package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.appendDurably;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.entry;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.agentws.journal.Book;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Disks that are full or fail. */
final class DiskFailureTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void nothingStaysOfAWriteThatFailed() throws Exception {
        try (Journal journal = start(Durability.STRICT)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            disk.failWrites(new IOException("No space left on device"));
            JournalException failure = append(book, entries(4, 6));
            assertThat(failure).hasMessageContaining("the disk is full").hasMessageContaining("one");
            assertThat(failure).extracting(JournalException::reason).isEqualTo(Reason.FULL);
            assertThat(seqs(book, -1)).containsExactly(1L, 2L, 3L);
            disk.failWrites(null);
            assertThat(append(book, entries(7, 7))).as("a hole would be worse").isSameAs(failure);
            book.close();
            Book again = journal.open("one");
            assertThat(again.lastSeq()).isEqualTo(3);
            commit(again, entries(4, 4));
        }
        try (Journal journal = start(Durability.STRICT)) {
            assertThat(seqs(journal.open("one"), -1)).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @Test
    void aDiskThatStaysFullIsToldOnceForEachSessionHoweverOftenItIsTried() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(Failures.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try (Journal journal = start(Durability.STRICT)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            for (int outage = 1; outage <= 2; outage++) {
                disk.failWrites(new IOException("No space left on device"));
                for (int i = 0; i < 3; i++) {
                    assertThat(append(book, entries(3 + outage, 3 + outage))).isNotNull();
                    book = journal.reopen(book);
                }
                assertThat(log.list).hasSize(outage);
                disk.failWrites(null);
                commit(book, entries(3 + outage, 3 + outage));
                book = journal.reopen(book);
            }
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aSessionThatCouldNotBeBegunDoesNotExist() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            disk.failWrites(new IOException("No space left on device"));
            Book book = journal.create("one");
            assertThat(append(book, entries(1, 3))).isNotNull();
            disk.failWrites(null);
            book.close();
            assertThatThrownBy(() -> journal.open("one")).hasMessage("session one: not found");
            commit(journal.create("one"), entries(1, 1));
        }
    }

    @Test
    void aFailedSyncIsNeverTriedAgain() throws Exception {
        try (Journal journal = start(Durability.STRICT)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            disk.failForces(new IOException("Input/output error"));
            JournalException failure = append(book, entries(4, 6));
            disk.failForces(null);
            assertThat(failure).extracting(JournalException::reason).isEqualTo(Reason.UNAVAILABLE);
            assertThat(append(book, entries(7, 7))).isSameAs(failure);
            assertThat(seqs(book, -1)).as("what was committed before").containsExactly(1L, 2L, 3L);
            book.close();
            assertThatThrownBy(() -> journal.open("one"))
                    .isInstanceOfSatisfying(
                            JournalException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
            commit(journal.create("two"), entries(1, 1));
        }
    }

    @Test
    void aSyncThatFailsBehindTheWritersBackEndsTheSession() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            Book book = journal.create("one");
            disk.failForces(new IOException("Input/output error"));
            JournalException failure = null;
            for (int i = 0; failure == null; i++) {
                failure = append(book, entries(i, i));
            }
            assertThat(failure).hasMessageContaining("Input/output error");
        }
    }

    @Test
    void atFastASyncThatFailsFailsOnlyWhoWaitsForIt() throws Exception {
        FileJournalConfig late = new FileJournalConfig(
                directory, Durability.FAST, Duration.ZERO, Duration.ofHours(1), 1, 2_000, 8 << 20, 64 << 20);
        try (Journal journal = FileJournal.start(late, disk)) {
            Book one = journal.create("one");
            Book two = journal.create("two");
            commit(one, entries(1, 1));
            commit(two, entries(1, 1));
            disk.failForces(new IOException("Input/output error"));
            assertThat(appendDurably(one, entries(2, 2)))
                    .extracting(JournalException::reason)
                    .isEqualTo(Reason.UNAVAILABLE);
            disk.failForces(null);
            commit(two, entries(2, 2));
            assertThat(seqs(two, -1)).containsExactly(1L, 2L);
            one.close();
            assertThatThrownBy(() -> journal.open("one"))
                    .isInstanceOfSatisfying(
                            JournalException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
        }
    }

    @Test
    void aFullFileSystemKeepsServingReads() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("tiny"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", mount.toString()))
                .as("may mount")
                .isZero();
        try {
            fillUp(mount);
        } finally {
            assertThat(run("umount", mount.toString())).isZero();
        }
    }

    private static void fillUp(Path mount) throws Exception {
        String json = "{\"t\":\"" + "x".repeat(10_000) + "\"}";
        try (Journal journal =
                FileJournal.start(FileJournalConfig.defaults(mount.resolve("data"), Durability.STRICT))) {
            Book book = journal.create("one");
            JournalException failure = null;
            long last = 0;
            while (failure == null) {
                failure = append(book, List.of(entry(++last, "frame", json)));
            }
            assertThat(failure.reason()).isEqualTo(Reason.FULL);
            assertThat(seqs(book, -1)).hasSize((int) last - 1);
            assertThat(append(journal.create("two"), List.of(entry(1, "frame", json))))
                    .extracting(JournalException::reason)
                    .isEqualTo(Reason.FULL);
            assertThat(journal.list(Shelf.CURRENT, null, 10).sessions()).hasSize(1);
            book.close();
            Book again = journal.open("one");
            assertThat(again.lastSeq()).isEqualTo(last - 1);
            assertThat(seqs(again, last - 3)).hasSize(2);
        }
    }

    private static int run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private Journal start(Durability durability) throws JournalException {
        return FileJournal.start(FileJournalContractTest.small(directory, durability), disk);
    }
}
