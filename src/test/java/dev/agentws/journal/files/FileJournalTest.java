package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.entry;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Book;
import dev.agentws.journal.Commit;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Outcomes;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory of a journal, its lock, its segments and its bounds. */
final class FileJournalTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    @Test
    void aSecondServerIsToldWhoHasTheDirectory() throws Exception {
        FileJournalConfig config = FileJournalConfig.defaults(directory, Durability.FAST);
        try (Journal journal = FileJournal.start(config)) {
            commit(journal.create("one"), entries(1, 1));
            assertThatThrownBy(() -> FileJournal.start(config))
                    .isInstanceOfSatisfying(
                            JournalException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TAKEN))
                    .hasMessage("data directory: " + directory + " is in use by process "
                            + ProcessHandle.current().pid() + " (expected: one server per directory)");
        }
        try (Journal journal = FileJournal.start(config)) {
            assertThat(journal.open("one").lastSeq()).isEqualTo(1);
        }
    }

    @Test
    void aSecondServerIsKeptOutAlsoAfterTheLockWasRead() throws Exception {
        FileJournalConfig config = FileJournalConfig.defaults(directory, Durability.FAST);
        try (Journal journal = FileJournal.start(config)) {
            commit(journal.create("one"), entries(1, 1));
            // As a tool does for the model. On Unix that is the end of the file's lock.
            assertThat(Files.readString(directory.resolve("lock"))).isNotEmpty();
            assertThat(startElsewhere()).startsWith("TAKEN data directory: " + directory + " is in use by process ");
        }
        assertThat(startElsewhere()).isEqualTo("started");
    }

    private String startElsewhere() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Second.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> told = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        return told.get(told.size() - 1);
    }

    /** Another server, which ends at once. */
    static final class Second {
        private Second() {}

        public static void main(String[] args) {
            try (Journal journal = FileJournal.start(FileJournalConfig.defaults(Path.of(args[0]), Durability.FAST))) {
                System.out.println(journal.pressure().writable() ? "started" : "busy");
            } catch (JournalException e) {
                System.out.println(e.reason() + " " + e.getMessage());
            }
        }
    }

    @Test
    void nobodyElseMayReadATranscript() throws Exception {
        Path data = directory.resolve("data");
        try (Journal journal = FileJournal.start(FileJournalConfig.defaults(data, Durability.FAST))) {
            Book book = journal.create("one");
            book.summary(new byte[] {'{', '}'});
            commit(book, entries(1, 1));
            onlyTheOwnerMay(data.resolve("log"), 2);
        }
        // Only now: an open journal brings the session to its directory whenever it likes.
        onlyTheOwnerMay(data, 5);
    }

    private static void onlyTheOwnerMay(Path root, int files) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            assertThat(all.filter(path -> !path.endsWith("lock")).toList())
                    .hasSizeGreaterThanOrEqualTo(files)
                    .allSatisfy(path -> {
                        String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                        assertThat(rights).isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
                    });
        }
    }

    @Test
    void peopleCanReadTheLines() throws Exception {
        try (Journal journal = FileJournal.start(FileJournalConfig.defaults(directory, Durability.FAST))) {
            commit(journal.create("One"), List.of(entry(7, "frame", "{\"a\":1}"), entry(8, "state", "{}")));
        }
        Path segment = directory.resolve("sessions/%4fne/000000000000-000000000007.jsonl");
        assertThat(Files.readAllLines(segment))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches(
                                        "\\{\"seq\":7,\"kind\":\"frame\",\"data\":\\{\"a\":1},\"more\":true,\"crc\":\"[0-9a-f]{8}\"}"),
                        line -> assertThat(line)
                                .matches("\\{\"seq\":8,\"kind\":\"state\",\"data\":\\{},\"crc\":\"[0-9a-f]{8}\"}"));
    }

    @Test
    void aLongBookHasManySegmentsAndIsReadAcrossThem() throws Exception {
        FileJournalConfig config = FileJournalContractTest.small(directory, Durability.FAST);
        try (Journal journal = FileJournal.start(config)) {
            Book book = journal.create("one");
            for (int i = 0; i < 200; i++) {
                commit(book, entries(2L * i, 2L * i + 1));
            }
        }
        try (Stream<Path> files = Files.list(directory.resolve("sessions/one"));
                Journal journal = FileJournal.start(config)) {
            assertThat(files.count()).isGreaterThan(5);
            Book book = journal.open("one");
            assertThat(book.entries()).isEqualTo(400);
            for (long after = -1; after < 400; after++) {
                assertThat(seqs(book, after)).hasSize((int) (399 - after));
            }
        }
    }

    @Test
    void manySessionsShareTheFileThatIsOpen() throws Exception {
        try (Journal journal = FileJournal.start(FileJournalContractTest.small(directory, Durability.STRICT))) {
            List<Book> books = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                books.add(journal.create("s" + i));
            }
            for (int round = 0; round < 3; round++) {
                CountDownLatch committed = new CountDownLatch(books.size());
                for (Book book : books) {
                    book.append(entries(round, round), counting(committed));
                }
                committed.await();
            }
            for (Book book : books) {
                assertThat(seqs(book, -1)).containsExactly(0L, 1L, 2L);
            }
            assertThat(openFilesBelow(directory))
                    .as("the lock, and the logs of two writers")
                    .isLessThanOrEqualTo(1 + 2 * 3);
        }
    }

    private static Commit counting(CountDownLatch committed) {
        return failure -> {
            assertThat(failure).isNull();
            committed.countDown();
        };
    }

    /** Of this process; the lock is one. Zero where there is no /proc. */
    private static long openFilesBelow(Path directory) throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.filter(link -> isBelow(link, directory.toString())).count();
        }
    }

    private static boolean isBelow(Path link, String directory) {
        try {
            return Files.readSymbolicLink(link).toString().startsWith(directory);
        } catch (IOException e) {
            // Closed meanwhile.
            return false;
        }
    }

    @Test
    void producersAreToldToStopAndToGoOn() throws Exception {
        FileJournalConfig config = new FileJournalConfig(
                directory, Durability.STRICT, Duration.ZERO, Duration.ofMillis(5), 1, 1 << 20, 10_000, 1 << 20);
        String json = "{\"t\":\"" + "x".repeat(6_000) + "\"}";
        try (Journal journal = FileJournal.start(config)) {
            CountDownLatch gate = new CountDownLatch(1);
            Book book = journal.create("one");
            CompletableFuture<Boolean> stuck = new CompletableFuture<>();
            book.append(entries(0, 0), failure -> {
                stuck.complete(true);
                awaitUninterrupted(gate);
            });
            stuck.join();
            book.append(List.of(entry(1, "frame", json)), failure -> {});
            assertThat(journal.pressure().writable()).isTrue();
            book.append(List.of(entry(2, "frame", json)), failure -> {});
            assertThat(journal.pressure().writable()).isFalse();
            CompletableFuture<Long> free = new CompletableFuture<>();
            journal.pressure()
                    .whenWritable(() -> free.complete(journal.pressure().pendingBytes()));
            assertThat(free).isNotDone();
            gate.countDown();
            assertThat(Outcomes.await(free)).isLessThanOrEqualTo(5_000);
            assertThat(journal.pressure().writable()).isTrue();
        }
    }

    @Test
    void aProducerThatNeverListensIsCutOff() throws Exception {
        FileJournalConfig config = new FileJournalConfig(
                directory, Durability.STRICT, Duration.ZERO, Duration.ofMillis(5), 1, 1 << 20, 1_000, 1 << 20);
        String json = "{\"t\":\"" + "x".repeat(5_000) + "\"}";
        try (Journal journal = FileJournal.start(config)) {
            CountDownLatch gate = new CountDownLatch(1);
            Book book = journal.create("one");
            CompletableFuture<Boolean> stuck = new CompletableFuture<>();
            book.append(entries(1, 1), failure -> {
                stuck.complete(true);
                awaitUninterrupted(gate);
            });
            Outcomes.await(stuck);
            CompletableFuture<@Nullable JournalException> tooMuch = new CompletableFuture<>();
            book.append(entries(2, 2), failure -> {});
            book.append(List.of(entry(3, "frame", json)), tooMuch::complete);
            gate.countDown();
            assertThat(Outcomes.await(tooMuch))
                    .extracting(JournalException::reason)
                    .isEqualTo(Reason.OVERLOADED);
            assertThat(journal.pressure().pendingBytes()).isZero();
            assertThat(append(book, entries(4, 4)))
                    .extracting(JournalException::reason)
                    .isEqualTo(Reason.OVERLOADED);
            assertThat(seqs(book, -1)).startsWith(1L).doesNotContain(3L, 4L);
        }
    }

    @Test
    void aListenerThatThrowsHarmsNobody() throws Exception {
        try (Journal journal = FileJournal.start(FileJournalConfig.defaults(directory, Durability.FAST))) {
            Book book = journal.create("one");
            book.append(entries(1, 1), failure -> {
                throw new IllegalStateException("of the test");
            });
            commit(book, entries(2, 2));
            assertThat(seqs(book, -1)).startsWith(1L).doesNotContain(3L, 4L);
        }
    }

    @Test
    void aCursorMustComeFromAListing() throws Exception {
        try (Journal journal = FileJournal.start(FileJournalConfig.defaults(directory, Durability.FAST))) {
            assertThatThrownBy(() -> journal.list(Shelf.CURRENT, "x", 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cursor: x (expected: the next of a listing)");
        }
    }

    @Test
    void aDirectoryThatIsAFileIsRefused() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> FileJournal.start(FileJournalConfig.defaults(file, Durability.FAST)))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("data directory: " + file + " cannot be used");
    }

    @Test
    void aDirectoryThatIsNotOursToWriteSaysThatAndNotOnlyItsName() {
        AccessDeniedException denied = new AccessDeniedException("/srv/data");
        assertThat(Failures.describe("data directory: /srv/data cannot be used", denied))
                .hasMessage("data directory: /srv/data cannot be used (/srv/data: permission denied)");
    }

    private static void awaitUninterrupted(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
