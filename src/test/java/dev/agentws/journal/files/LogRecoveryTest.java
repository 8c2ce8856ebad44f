package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.end;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the logs of a crash are moved at the next start. */
final class LogRecoveryTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path root;

    private FileJournalConfig config(String name, long logBytes) {
        return new FileJournalConfig(
                root.resolve(name),
                Durability.FAST,
                Duration.ZERO,
                Duration.ofSeconds(50),
                1,
                1 << 20,
                8 << 20,
                logBytes);
    }

    @Test
    void noSessionWaitsForTheDiskAlone() throws Exception {
        try (Journal journal = FileJournal.start(config("data", 8 << 20))) {
            for (int i = 0; i < 9; i++) {
                commit(journal.create("s" + i), entries(1, 3));
            }
            LogTest.copy(root.resolve("data"), root.resolve("crashed"));
        }
        Company company = new Company();
        try (Journal journal = FileJournal.start(config("crashed", 8 << 20), company)) {
            for (int i = 0; i < 9; i++) {
                assertThat(seqs(journal.open("s" + i), -1)).containsExactly(1L, 2L, 3L);
            }
        }
        assertThat(company.came.getCount()).isZero();
    }

    @Test
    void aFailureEndsItWhenAllAreThroughAndTheNextStartMovesTheRest() throws Exception {
        try (Journal journal = FileJournal.start(config("data", 8 << 20))) {
            for (int i = 0; i < 9; i++) {
                commit(journal.create("s" + i), entries(1, 3));
            }
            LogTest.copy(root.resolve("data"), root.resolve("crashed"));
        }
        FaultyDisk disk = FaultyDisk.quick();
        disk.failForces(new IOException("Input/output error"));
        assertThatThrownBy(() -> FileJournal.start(config("crashed", 8 << 20), disk))
                .hasMessageContaining("Input/output error");
        disk.failForces(null);
        try (Journal journal = FileJournal.start(config("crashed", 8 << 20), disk)) {
            for (int i = 0; i < 9; i++) {
                assertThat(seqs(journal.open("s" + i), -1)).containsExactly(1L, 2L, 3L);
            }
        }
    }

    @Test
    void whatADeletedSessionHadElsewhereIsNotMissed() throws Exception {
        try (Journal journal = FileJournal.start(config("data", 200))) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            commit(book, entries(4, 4));
            assertThat(end(book, End.DELETE)).isNull();
            LogTest.copy(root.resolve("data"), root.resolve("crashed"));
        }
        Path log = root.resolve("crashed/log");
        assertThat(files(log)).as("the log that has the beginning is gone").isEqualTo(1);
        FileJournal.start(config("crashed", 200)).close();
        assertThat(files(log)).as("nothing is kept for somebody to look at").isZero();
    }

    private static long files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    /** A disk whose first sync of a file comes back only when another one has come. */
    private static final class Company implements Disk {
        private final Disk disk = new LocalDisk(true);
        final CountDownLatch came = new CountDownLatch(2);

        @Override
        public Output create(Path file) throws IOException {
            return new Joined(disk.create(file));
        }

        @Override
        public Output append(Path file) throws IOException {
            return new Joined(disk.append(file));
        }

        @Override
        public void createDirectories(Path directory) throws IOException {
            disk.createDirectories(directory);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            disk.move(from, to);
        }

        @Override
        public void delete(Path file) throws IOException {
            disk.delete(file);
        }

        @Override
        public void syncDirectory(Path directory) throws IOException {
            disk.syncDirectory(directory);
        }

        private final class Joined implements Output {
            private final Output output;

            Joined(Output output) {
                this.output = output;
            }

            @Override
            public void force() throws IOException {
                came.countDown();
                try {
                    assertThat(came.await(10, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                output.force();
            }

            @Override
            public void write(ByteBuffer bytes) throws IOException {
                output.write(bytes);
            }

            @Override
            public void truncate(long length) throws IOException {
                output.truncate(length);
            }

            @Override
            public void close() throws IOException {
                output.close();
            }
        }
    }
}
