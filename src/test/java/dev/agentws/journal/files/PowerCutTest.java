package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Outcomes;
import dev.agentws.journal.Shelf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The power is cut at every single operation of a run on the disk; what was acknowledged is there afterwards. */
final class PowerCutTest {
    private static final int SESSIONS = 3;
    private static final int BATCHES = 8;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path root;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatStrictAcknowledgedSurvivesTheLossOfAllThatWasNotForced(boolean half) throws Exception {
        FaultyDisk whole = FaultyDisk.quick();
        Ends none = new Ends();
        assertThat(run(whole, root.resolve("whole"), none)).hasSize(SESSIONS).allSatisfy((id, last) -> assertThat(last)
                .isEqualTo(2L * BATCHES));
        assertThat(none.deleted && none.again && none.archived).isTrue();
        assertThat(whole.operations()).isGreaterThan(50);
        for (long cut = 1; cut <= whole.operations(); cut++) {
            FaultyDisk disk = FaultyDisk.quick();
            disk.cutAt(cut);
            Path directory = root.resolve("cut-" + cut);
            Ends ends = new Ends();
            Map<String, Long> acknowledged = run(disk, directory, ends);
            disk.loseUnforced(half);
            check(directory, acknowledged, cut);
            check(directory, ends, cut);
        }
    }

    /** What was acknowledged of sessions that come and go. */
    private static final class Ends {
        boolean begun;
        boolean deleted;
        boolean again;
        boolean archived;
    }

    /**
     * Appends in turn to some sessions, with one of them closed and opened between; others are deleted, made again and archived meanwhile.
     *
     * @return the last number acknowledged of each of the first
     */
    private static Map<String, Long> run(FaultyDisk disk, Path directory, Ends ends) throws JournalException {
        Map<String, Long> acknowledged = new HashMap<>();
        try (Journal journal = FileJournal.start(config(directory), disk)) {
            List<Book> books = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                books.add(journal.create("s" + i));
            }
            for (long batch = 0; batch < BATCHES; batch++) {
                for (int i = 0; i < SESSIONS; i++) {
                    Book book = books.get(i);
                    if (Outcomes.append(book, entries(2 * batch + 1, 2 * batch + 2)) == null) {
                        acknowledged.put(book.sessionId(), book.lastSeq());
                    }
                }
                if (batch % 2 == 1) {
                    comeAndGo(journal, ends);
                }
                if (batch == BATCHES / 2) {
                    books.get(0).close();
                    books.set(0, journal.open("s0"));
                }
            }
        } catch (JournalException e) {
            assertThat(disk.isCut()).as("power while " + e).isTrue();
        }
        return acknowledged;
    }

    private static void comeAndGo(Journal journal, Ends ends) {
        if (!ends.begun) {
            Book guest = journal.create("guest");
            ends.begun = Outcomes.append(guest, entries(1, 9)) == null;
            ends.deleted = ends.begun && Outcomes.end(guest, End.DELETE) == null;
        } else if (!ends.archived) {
            Book old = journal.create("old");
            ends.archived = Outcomes.append(old, entries(1, 4)) == null && Outcomes.end(old, End.ARCHIVE) == null;
        } else if (!ends.again) {
            ends.again = ends.deleted && Outcomes.append(journal.create("guest"), entries(1, 2)) == null;
        }
    }

    private static void check(Path directory, Ends ends, long cut) throws Exception {
        try (Journal journal = FileJournal.start(config(directory), FaultyDisk.quick())) {
            if (ends.again) {
                assertThat(seqs(journal.open("guest"), -1)).as("cut at %s", cut).containsExactly(1L, 2L);
            } else if (ends.deleted) {
                assertThat(journal.list(Shelf.CURRENT, null, 10).sessions())
                        .as("cut at %s", cut)
                        .filteredOn(session -> session.sessionId().equals("guest"))
                        .allSatisfy(guest ->
                                assertThat(seqs(journal.open("guest"), -1)).containsExactly(1L, 2L));
            }
            if (ends.archived) {
                assertThat(journal.list(Shelf.ARCHIVE, null, 10).sessions())
                        .as("cut at %s", cut)
                        .extracting(Listing.Item::sessionId)
                        .containsExactly("old");
                assertThat(seqs(journal.open("old"), -1)).containsExactly(1L, 2L, 3L, 4L);
            }
        }
    }

    private static void check(Path directory, Map<String, Long> acknowledged, long cut) throws Exception {
        try (Journal journal = FileJournal.start(config(directory), FaultyDisk.quick())) {
            for (Map.Entry<String, Long> each : acknowledged.entrySet()) {
                Book book = journal.open(each.getKey());
                assertThat(book.lastSeq()).as("cut at %s", cut).isGreaterThanOrEqualTo(each.getValue());
                assertThat(book.lastSeq() % 2).as("batches are whole").isZero();
                List<Long> expected =
                        LongStream.rangeClosed(1, book.lastSeq()).boxed().toList();
                assertThat(seqs(book, -1)).isEqualTo(expected);
                assertThat(book.entries()).isEqualTo(book.lastSeq());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void atFastWhatIsToBeDurableIsAcknowledgedOnceItIsOnTheDisk(boolean half) throws Exception {
        FaultyDisk whole = FaultyDisk.quick();
        assertThat(rest(whole, root.resolve("whole"))).isEqualTo(4);
        for (long cut = 1; cut <= whole.operations(); cut++) {
            FaultyDisk disk = FaultyDisk.quick();
            disk.cutAt(cut);
            Path directory = root.resolve("cut-" + cut);
            long shown = rest(disk, directory);
            disk.loseUnforced(half);
            if (shown > 0) {
                try (Journal journal = FileJournal.start(fast(directory), FaultyDisk.quick())) {
                    // A record that says that nobody has seen more is never the last one if somebody has.
                    assertThat(journal.open("one").lastSeq())
                            .as("cut at %s", cut)
                            .isEqualTo(shown);
                }
            }
        }
    }

    /** @return what was shown behind a rest, which is only what is acknowledged; 0: nothing */
    private static long rest(FaultyDisk disk, Path directory) throws JournalException {
        long shown = 0;
        Journal journal;
        try {
            journal = FileJournal.start(fast(directory), disk);
        } catch (JournalException e) {
            assertThat(disk.isCut()).as("power while " + e).isTrue();
            return 0;
        }
        Book book = journal.create("one");
        boolean resting = Outcomes.append(book, entries(1, 3)) == null
                && Outcomes.append(book, List.of(Outcomes.entry(3, "rest", "{}"))) == null;
        // Of another session, by which the rest gets to the disk before what follows it.
        Outcomes.appendDurably(journal.create("two"), entries(1, 1));
        if (resting && Outcomes.appendDurably(book, entries(4, 4)) == null) {
            shown = 4;
        }
        // As it stands now, not as an orderly end would leave it.
        disk.cutAt(disk.operations() + 1);
        journal.close();
        return shown;
    }

    @Test
    void whatIsForcedComesWithAllOfTheLogThatStandsBeforeIt() throws Exception {
        FaultyDisk disk = FaultyDisk.quick();
        Forcer late = new Forcer(Duration.ofHours(1));
        Log log = new Log(disk, root, new AtomicLong(), 1, late);
        Lines lines = new Lines();
        lines.forget(Tail.name("one"));
        List<Path> files = List.of(log.write(lines).path(), log.write(lines).path());
        log.force();
        late.close();
        disk.loseUnforced(false);
        assertThat(files).doesNotHaveDuplicates().allSatisfy(file -> assertThat(file)
                .isNotEmptyFile());
    }

    /** Nothing gets to the disk behind our backs. */
    private static FileJournalConfig fast(Path directory) {
        return new FileJournalConfig(
                directory, Durability.FAST, Duration.ZERO, Duration.ofHours(1), 1, 8 << 20, 8 << 20, 64 << 20);
    }

    private static FileJournalConfig config(Path directory) {
        return new FileJournalConfig(
                directory, Durability.STRICT, Duration.ZERO, Duration.ofMillis(5), 1, 300, 8 << 20, 900);
    }
}
