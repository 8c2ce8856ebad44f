package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.entry;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash or a bad disk can leave of the last write. */
@SuppressWarnings("NullAway.Init") // set before each test
final class TornTailTest {
    private static final List<Entry> LAST =
            List.of(entry(4, "frame", "{\"text\":\"abc é\"}"), entry(5), entry(5, "state", "{}"));

    @TempDir
    Path directory;

    private Path segment;
    private byte[] whole;
    /** Where the last batch begins. */
    private int kept;

    @BeforeEach
    void writeTwoBatches() throws Exception {
        try (Journal journal = start()) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            book.close();
            Book again = journal.open("one");
            kept = Files.readAllBytes(segments().get(0)).length;
            commit(again, LAST);
        }
        segment = segments().get(0);
        whole = Files.readAllBytes(segment);
    }

    @Test
    void aLastBatchCutAtAnyByteIsGoneAsAWhole() throws Exception {
        for (int length = kept; length < whole.length; length++) {
            Files.write(segment, Arrays.copyOf(whole, length));
            recoversTheFirstBatch("cut at " + length, Arrays.copyOfRange(whole, kept, length));
        }
    }

    @Test
    void aLastBatchWithAnyBitFlippedIsGoneAsAWhole() throws Exception {
        for (int i = kept; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            Files.write(segment, flipped);
            recoversTheFirstBatch("flipped at " + i, Arrays.copyOfRange(flipped, kept, flipped.length));
        }
    }

    @Test
    void aTailOfZerosIsCut() throws Exception {
        Files.write(segment, Arrays.copyOf(whole, whole.length + 4_096));
        try (Journal journal = start()) {
            assertThat(journal.open("one").lastSeq()).isEqualTo(5);
        }
        assertThat(Files.readAllBytes(segment)).isEqualTo(whole);
    }

    private void recoversTheFirstBatch(String how, byte[] tail) throws Exception {
        try (Journal journal = start()) {
            Book book = journal.open("one");
            assertThat(seqs(book, -1)).as(how).containsExactly(1L, 2L, 3L);
            assertThat(book.entries()).isEqualTo(3);
            commit(book, entries(3, 4));
            assertThat(seqs(book, 0)).as(how).containsExactly(1L, 2L, 3L, 3L, 4L);
        }
        if (tail.length > 0) {
            Path beside = segment.resolveSibling(segment.getFileName() + ".cut-1");
            assertThat(Files.readAllBytes(beside)).as(how).isEqualTo(tail);
            Files.delete(beside);
        }
    }

    @Test
    void aSessionOfWhichNothingIsWholeIsEmpty() throws Exception {
        Files.write(segment, Arrays.copyOf(whole, 10));
        try (Journal journal = start()) {
            Book book = journal.open("one");
            assertThat(book.entries()).isZero();
            assertThat(book.lastSeq()).isEqualTo(-1);
            commit(book, entries(1, 1));
            assertThat(seqs(book, -1)).containsExactly(1L);
        }
    }

    @Test
    void aSegmentOfWhichNothingIsWholeGivesWayToTheOneBefore() throws Exception {
        Files.write(segment.resolveSibling(new Segment(6, 9).fileName()), new byte[] {'{'});
        try (Journal journal = start()) {
            Book book = journal.open("one");
            assertThat(book.lastSeq()).isEqualTo(5);
            assertThat(book.entries()).isEqualTo(6);
            commit(book, entries(6, 6));
            assertThat(seqs(book, 4)).containsExactly(5L, 5L, 6L);
        }
    }

    @Test
    void damageInTheMiddleIsToldWhenItIsRead() throws Exception {
        Path next = segment.resolveSibling(new Segment(6, 6).fileName());
        Files.write(next, whole);
        byte[] flipped = whole.clone();
        flipped[10] ^= 1;
        Files.write(segment, flipped);
        try (Journal journal = start()) {
            Book book = journal.open("one");
            assertThatThrownBy(() -> seqs(book, -1))
                    .isInstanceOfSatisfying(JournalException.class, e -> assertThat(e.reason())
                            .isEqualTo(JournalException.Reason.DAMAGED))
                    .hasMessageContaining(segment + ": damaged at byte 0");
        }
    }

    @Test
    void aSegmentThatIsShorterThanItWasIsToldWhenItIsRead() throws Exception {
        try (Journal journal = start()) {
            Book book = journal.open("one");
            Files.write(segment, Arrays.copyOf(whole, kept));
            assertThatThrownBy(() -> seqs(book, -1)).hasMessageContaining("damaged at byte " + kept);
        }
    }

    private Journal start() throws JournalException {
        return FileJournal.start(FileJournalConfig.defaults(directory, Durability.STRICT));
    }

    private List<Path> segments() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory.resolve("sessions").resolve("one"), "*.jsonl")) {
            files.forEach(found::add);
        }
        Collections.sort(found);
        return found;
    }
}
