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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all sessions append to before they get it in files of their own. */
final class LogTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path root;

    @Test
    void whatIsOnlyInTheLogIsThereAfterACrash() throws Exception {
        Path crashed = root.resolve("crashed");
        try (Journal journal = start(root.resolve("data"), null)) {
            commit(journal.create("one"), entries(1, 3));
            commit(journal.create("Zwei"), entries(1, 5));
            copy(root.resolve("data"), crashed);
            assertThat(crashed.resolve("sessions/one")).doesNotExist();
        }
        try (Journal journal = start(crashed, null)) {
            assertThat(seqs(journal.open("one"), -1)).containsExactly(1L, 2L, 3L);
            assertThat(seqs(journal.open("Zwei"), -1)).hasSize(5);
            assertThat(logs(crashed)).isEmpty();
        }
    }

    @Test
    void aLogCutAtAnyByteHasAllRoundsBeforeTheCutAndNothingOfTheCutOne() throws Exception {
        Written written = write();
        for (int length = 0; length <= written.log.length; length++) {
            assertHas(written, length, Arrays.copyOf(written.log, length));
        }
    }

    @Test
    void aLogWithABitFlippedAnywhereHasAllRoundsBeforeIt() throws Exception {
        Written written = write();
        for (int i = 0; i < written.log.length; i++) {
            byte[] flipped = written.log.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            assertHas(written, i, flipped);
        }
    }

    @Test
    void aLogWithATailOfZerosHasAllThatWasWritten() throws Exception {
        Written written = write();
        assertHas(written, written.log.length, Arrays.copyOf(written.log, written.log.length + 4_096));
    }

    /** @param ends where each round ends in the log; the even ones are of one session, the odd ones of another */
    private record Written(byte[] log, List<Integer> ends) {}

    private Written write() throws Exception {
        Path data = root.resolve("data");
        List<Integer> ends = new ArrayList<>();
        try (Journal journal = start(data, null)) {
            List<Book> books = List.of(journal.create("one"), journal.create("Zwei"));
            byte[] log = {};
            for (int round = 0; round < 3; round++) {
                String json = "{\"t\":\"é" + round + "\"}";
                commit(books.get(round % 2), List.of(entry(2L * round), entry(2L * round + 1, "state", json)));
                log = Files.readAllBytes(logs(data).get(0));
                ends.add(log.length);
            }
            return new Written(log, ends);
        }
    }

    private void assertHas(Written written, int whole, byte[] log) throws Exception {
        Path cut = root.resolve("cut");
        Files.createDirectories(cut.resolve("log"));
        Files.write(cut.resolve("log/" + Log.name(1)), log);
        List<Long> one = new ArrayList<>();
        List<Long> two = new ArrayList<>();
        for (int round = 0; round < written.ends.size(); round++) {
            if (written.ends.get(round) <= whole) {
                (round % 2 == 0 ? one : two).addAll(List.of(2L * round, 2L * round + 1));
            }
        }
        try (Journal journal = start(cut, FaultyDisk.quick())) {
            assertHas(journal, "one", one, whole);
            assertHas(journal, "Zwei", two, whole);
        }
        remove(cut);
    }

    private static void assertHas(Journal journal, String id, List<Long> expected, int whole) throws Exception {
        if (expected.isEmpty()) {
            assertThatThrownBy(() -> journal.open(id))
                    .as("whole up to %s", whole)
                    .hasMessageEndingWith("not found");
            return;
        }
        Book book = journal.open(id);
        assertThat(seqs(book, -1)).as("whole up to %s", whole).isEqualTo(expected);
        commit(book, entries(20, 20));
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void aDeletedSessionDoesNotComeBackOutOfTheLog() throws Exception {
        Path data = root.resolve("data");
        Path crashed = root.resolve("crashed");
        try (Journal journal = start(data, null)) {
            Book first = journal.create("one");
            commit(first, entries(1, 3));
            assertThat(end(first, End.DELETE)).isNull();
            Book twice = journal.create("two");
            commit(twice, entries(1, 9));
            assertThat(end(twice, End.DELETE)).isNull();
            commit(journal.create("two"), entries(1, 2));
            copy(data, crashed);
        }
        try (Journal journal = start(crashed, null)) {
            assertThatThrownBy(() -> journal.open("one")).hasMessage("session one: not found");
            assertThat(seqs(journal.open("two"), -1)).containsExactly(1L, 2L);
        }
    }

    @Test
    void aLogThatComesBackAddsNothingTwice() throws Exception {
        Path data = root.resolve("data");
        Path log;
        byte[] bytes;
        try (Journal journal = start(data, null)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            commit(book, entries(4, 4));
            log = logs(data).get(0);
            bytes = Files.readAllBytes(log);
        }
        assertThat(log).as("all is moved").doesNotExist();
        Files.write(log, bytes);
        try (Journal journal = start(data, null)) {
            assertThat(seqs(journal.open("one"), -1)).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @Test
    void aRecoveryThatIsCutShortAtAnyStepIsDoneByTheNext() throws Exception {
        Path crashed = root.resolve("crashed");
        try (Journal journal = start(root.resolve("data"), null)) {
            Book one = journal.create("one");
            commit(one, entries(1, 3));
            commit(journal.create("two"), entries(1, 4));
            one.close();
            commit(journal.open("one"), entries(4, 8));
            copy(root.resolve("data"), crashed);
        }
        long cut = 0;
        FaultyDisk disk;
        do {
            Path again = root.resolve("again-" + ++cut);
            copy(crashed, again);
            disk = FaultyDisk.quick();
            disk.cutAt(cut);
            try {
                start(again, disk).close();
            } catch (JournalException e) {
                assertThat(disk.isCut()).as("power while " + e).isTrue();
            }
            disk.loseUnforced(true);
            try (Journal journal = start(again, FaultyDisk.quick())) {
                assertThat(seqs(journal.open("one"), -1)).as("cut at %s", cut).isEqualTo(upTo(8));
                assertThat(seqs(journal.open("two"), -1)).as("cut at %s", cut).isEqualTo(upTo(4));
            }
        } while (disk.isCut());
        assertThat(cut).isGreaterThan(10);
    }

    @Test
    void oneSlowSessionDoesNotKeepTheLogGrowing() throws Exception {
        Path data = root.resolve("data");
        FileJournalConfig config = new FileJournalConfig(
                data, Durability.FAST, Duration.ZERO, Duration.ofSeconds(50), 1, 1 << 20, 8 << 20, 4_000);
        try (Journal journal = FileJournal.start(config)) {
            Book idle = journal.create("idle");
            commit(idle, entries(1, 1));
            Book busy = journal.create("busy");
            for (int i = 0; i < 2_000; i++) {
                commit(busy, entries(i, i));
            }
            long bytes = 0;
            for (Path log : logs(data)) {
                bytes += Files.size(log);
            }
            assertThat(bytes).isLessThan(4 * 4_000);
            assertThat(seqs(idle, -1)).containsExactly(1L);
            assertThat(seqs(busy, 1_990)).hasSize(9);
        }
    }

    @Test
    void aSessionThatCannotBeMovedGoesWithTheNextLog() throws Exception {
        Path data = root.resolve("data");
        FileJournalConfig config = new FileJournalConfig(
                data, Durability.FAST, Duration.ZERO, Duration.ofSeconds(50), 1, 1 << 20, 8 << 20, 4_000);
        try (Journal journal = FileJournal.start(config)) {
            // Where its directory would have to go lies something else.
            Book stuck = journal.create("stuck");
            commit(stuck, entries(1, 3));
            Files.createFile(data.resolve("sessions/stuck"));
            Book busy = journal.create("busy");
            for (int i = 0; i < 500; i++) {
                commit(busy, entries(i, i));
            }
            assertThat(logs(data)).hasSizeLessThanOrEqualTo(5);
            assertThat(seqs(stuck, -1)).containsExactly(1L, 2L, 3L);
            Files.delete(data.resolve("sessions/stuck"));
        }
        try (Journal journal = FileJournal.start(config)) {
            assertThat(seqs(journal.open("stuck"), -1)).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void ofALogThatTheDiskDidNotTakeOnlyWhatIsAsItWasWrittenIsSaved() throws Exception {
        Path data = root.resolve("data");
        FaultyDisk disk = new FaultyDisk();
        try (Journal journal = start(data, disk)) {
            Book one = journal.create("one");
            commit(one, entries(1, 3));
            commit(one, entries(4, 5));
            Book safe = journal.create("safe");
            commit(safe, entries(1, 2));
            disk.failForces(new IOException("Input/output error"));
            assertThat(append(journal.create("two"), entries(1, 1))).isNotNull();
            disk.failForces(null);
            change(logs(data).get(0), "{\"seq\":5,");
            commit(journal.create("three"), entries(1, 1));
            assertThat(append(one, entries(6, 6))).hasMessageContaining("the last 2 entries are gone");
            assertThat(seqs(safe, -1)).containsExactly(1L, 2L);
            one.close();
            assertThatThrownBy(() -> journal.open("one")).hasMessageContaining("check of the disk");
        }
        try (Journal journal = start(data, null)) {
            assertThat(seqs(journal.open("one"), -1)).containsExactly(1L, 2L, 3L);
            assertThat(seqs(journal.open("three"), -1)).containsExactly(1L);
        }
    }

    /** As if the disk had something else in the middle of this line. */
    private static void change(Path log, String line) throws IOException {
        String text = Files.readString(log, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(line) + line.length() + 2;
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {'?'}), at);
        }
    }

    @Test
    void whoReadsWhileTheLogsAreMovedSeesAllThatWasCommittedBefore() throws Exception {
        FileJournalConfig config = new FileJournalConfig(
                root.resolve("data"), Durability.FAST, Duration.ZERO, Duration.ofSeconds(50), 1, 4_000, 8 << 20, 2_000);
        try (Journal journal = FileJournal.start(config)) {
            Book book = journal.create("one");
            commit(book, entries(1, 1));
            CompletableFuture<Integer> reads = CompletableFuture.supplyAsync(() -> readUntil(book, 1_000));
            for (int i = 2; i <= 1_000; i++) {
                commit(book, entries(i, i));
            }
            assertThat(reads.get(30, TimeUnit.SECONDS)).isPositive();
        }
    }

    private static int readUntil(Book book, long last) {
        int reads = 0;
        for (long seen = 0; seen < last; reads++) {
            long committed = book.lastSeq();
            try {
                List<Long> all = seqs(book, -1);
                assertThat(all).isEqualTo(upTo(all.size()));
                assertThat((long) all.size()).isGreaterThanOrEqualTo(committed);
                seen = all.size();
            } catch (Exception e) {
                throw new AssertionError("after " + seen, e);
            }
        }
        return reads;
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    /** Moves nothing by itself while the test runs. */
    private static Journal start(Path data, @Nullable FaultyDisk disk) throws JournalException {
        FileJournalConfig config = new FileJournalConfig(
                data, Durability.STRICT, Duration.ZERO, Duration.ofSeconds(50), 1, 1 << 20, 8 << 20, 8 << 20);
        return disk == null ? FileJournal.start(config) : FileJournal.start(config, disk);
    }

    private static List<Path> logs(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("log"))) {
            return files.sorted().toList();
        }
    }

    /** As a crash leaves it. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path target = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(target);
                } else if (Files.isRegularFile(each)) {
                    Files.copy(each, target);
                }
            }
        }
    }
}
