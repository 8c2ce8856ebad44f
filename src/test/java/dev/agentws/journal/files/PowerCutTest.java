package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.Book;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Outcomes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
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
        FaultyDisk whole = new FaultyDisk();
        assertThat(run(whole, root.resolve("whole"))).hasSize(SESSIONS).allSatisfy((id, last) -> assertThat(last)
                .isEqualTo(2L * BATCHES));
        assertThat(whole.operations()).isGreaterThan(50);
        for (long cut = 1; cut <= whole.operations(); cut++) {
            FaultyDisk disk = new FaultyDisk();
            disk.cutAt(cut);
            Path directory = root.resolve("cut-" + cut);
            Map<String, Long> acknowledged = run(disk, directory);
            disk.loseUnforced(half);
            check(directory, acknowledged, cut);
        }
    }

    /** Appends in turn to some sessions, with one of them closed and opened between. @return the last number acknowledged of each */
    private static Map<String, Long> run(FaultyDisk disk, Path directory) throws JournalException {
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

    private static void check(Path directory, Map<String, Long> acknowledged, long cut) throws Exception {
        try (Journal journal = FileJournal.start(config(directory))) {
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

    private static FileJournalConfig config(Path directory) {
        return new FileJournalConfig(
                directory, Durability.STRICT, Duration.ZERO, Duration.ofMillis(5), 1, 300, 8 << 20, 900);
    }
}
