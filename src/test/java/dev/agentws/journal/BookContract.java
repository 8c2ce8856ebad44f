package dev.agentws.journal;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.appendDurably;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.entry;
import static dev.agentws.journal.Outcomes.json;
import static dev.agentws.journal.Outcomes.read;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.JournalException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every book does. */
@SuppressWarnings("NullAway.Init") // started before each test
public abstract class BookContract {
    protected Journal journal;

    /** An empty journal. */
    protected abstract Journal start() throws Exception;

    @BeforeEach
    void startJournal() throws Exception {
        journal = start();
    }

    @AfterEach
    void closeJournal() {
        journal.close();
    }

    @Test
    void whatWasAppendedIsReadInOrder() throws JournalException {
        Book book = journal.create("one");
        commit(book, List.of(entry(0, "state", "{\"a\":\"é\"}"), entry(1, "frame", "{}")));
        commit(book, List.of(entry(1, "state", "{\"b\":[1,\"\\n\"]}")));
        List<Entry> found = read(book, -1);
        assertThat(found.stream().map(Entry::kind)).containsExactly("state", "frame", "state");
        assertThat(found.stream().map(Outcomes::json)).containsExactly("{\"a\":\"é\"}", "{}", "{\"b\":[1,\"\\n\"]}");
        assertThat(found.stream().map(Entry::seq)).containsExactly(0L, 1L, 1L);
        assertThat(book.lastSeq()).isEqualTo(1);
        assertThat(book.entries()).isEqualTo(3);
    }

    @Test
    void whatIsToBeDurableIsCommittedInItsPlace() throws JournalException {
        Book book = journal.create("one");
        book.append(entries(1, 2), failure -> {});
        assertThat(appendDurably(book, entries(3, 4))).isNull();
        commit(book, entries(5, 5));
        assertThat(seqs(book, -1)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void aNewBookIsEmpty() throws JournalException {
        Book book = journal.create("one");
        assertThat(book.sessionId()).isEqualTo("one");
        assertThat(book.lastSeq()).isEqualTo(-1);
        assertThat(book.entries()).isZero();
        assertThat(read(book, -1)).isEmpty();
    }

    @Test
    void readingBeginsBehindANumber() throws JournalException {
        Book book = journal.create("one");
        commit(book, List.of(entry(0), entry(3), entry(3), entry(7), entry(7), entry(9)));
        assertThat(seqs(book, -1)).containsExactly(0L, 3L, 3L, 7L, 7L, 9L);
        assertThat(seqs(book, 0)).containsExactly(3L, 3L, 7L, 7L, 9L);
        assertThat(seqs(book, 3)).containsExactly(7L, 7L, 9L);
        assertThat(seqs(book, 5)).containsExactly(7L, 7L, 9L);
        assertThat(seqs(book, 8)).containsExactly(9L);
        assertThat(seqs(book, 9)).isEmpty();
        assertThat(seqs(book, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void aReaderMayStop() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 10));
        List<Long> seen = new ArrayList<>();
        book.read(-1, entry -> {
            seen.add(entry.seq());
            return seen.size() < 3;
        });
        assertThat(seen).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aLongBookIsReadFromAnyPlace() throws JournalException {
        Book book = journal.create("one");
        for (int i = 0; i < 50; i++) {
            commit(book, entries(40L * i + 1, 40L * (i + 1)));
        }
        for (long after = 0; after < 2_000; after += 77) {
            List<Long> found = seqs(book, after);
            assertThat(found).hasSize((int) (2_000 - after)).first().isEqualTo(after + 1);
        }
    }

    @Test
    void largeEntriesAreKept() throws JournalException {
        Book book = journal.create("one");
        String large = "{\"t\":\"" + "x".repeat(1 << 20) + "\"}";
        commit(book, List.of(entry(1), entry(2, "frame", large), entry(3)));
        assertThat(seqs(book, -1)).containsExactly(1L, 2L, 3L);
        assertThat(json(read(book, 1).get(0))).isEqualTo(large);
    }

    @Test
    void commitsAreToldInOrder() {
        Book book = journal.create("one");
        List<Integer> told = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<@Nullable JournalException> last = new CompletableFuture<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            book.append(entries(i, i), failure -> {
                assertThat(failure).isNull();
                told.add(number);
                if (number == 99) {
                    last.complete(null);
                }
            });
        }
        assertThat(Outcomes.await(last)).isNull();
        assertThat(told).hasSize(100).isSorted();
    }

    @Test
    void numbersDoNotFall() {
        Book book = journal.create("one");
        commit(book, entries(5, 6));
        assertThatThrownBy(() -> book.append(entries(5, 5), failure -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("seq: 5 (expected: at least 6)");
        assertThatThrownBy(() -> book.append(List.of(), failure -> {})).isInstanceOf(IllegalArgumentException.class);
        commit(book, entries(6, 6));
    }

    @Test
    void aSessionIsNotCreatedTwice() throws JournalException {
        Book first = journal.create("one");
        commit(first, entries(1, 2));
        JournalException whileOpen = append(journal.create("one"), entries(1, 1));
        first.close();
        Book second = journal.create("one");
        JournalException whileClosed = append(second, entries(1, 1));
        second.close();
        assertThat(whileOpen).extracting(JournalException::reason).isEqualTo(Reason.EXISTS);
        assertThat(whileClosed).extracting(JournalException::reason).isEqualTo(Reason.EXISTS);
        assertThat(seqs(journal.open("one"), -1)).containsExactly(1L, 2L);
    }

    @Test
    void aBookThatFailedTakesNoMore() {
        commit(journal.create("one"), entries(1, 2));
        Book second = journal.create("one");
        assertThat(append(second, entries(1, 1))).isNotNull();
        JournalException again = append(second, entries(2, 2));
        assertThat(again).extracting(JournalException::reason).isEqualTo(Reason.EXISTS);
    }

    @Test
    void anUnknownSessionIsNotFound() {
        assertThatThrownBy(() -> journal.open("nobody"))
                .satisfies(reason(Reason.NOT_FOUND))
                .hasMessageContaining("nobody");
    }

    @Test
    void aBookIsOpenOnlyOnce() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 2));
        assertThatThrownBy(() -> journal.open("one")).satisfies(reason(Reason.TAKEN));
        book.close();
        Book again = journal.open("one");
        assertThatThrownBy(() -> journal.open("one")).satisfies(reason(Reason.TAKEN));
        again.close();
    }

    @Test
    void aBookGoesOnWhereItWasClosed() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        book.close();
        Book again = journal.open("one");
        assertThat(again.lastSeq()).isEqualTo(3);
        assertThat(again.entries()).isEqualTo(3);
        assertThatThrownBy(() -> again.append(entries(2, 2), failure -> {}))
                .isInstanceOf(IllegalArgumentException.class);
        commit(again, entries(4, 5));
        assertThat(seqs(again, -1)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void whatWaitsWhenABookIsClosedIsWritten() throws JournalException {
        Book book = journal.create("one");
        for (int i = 0; i < 20; i++) {
            book.append(entries(i, i), failure -> {});
        }
        book.close();
        assertThat(journal.open("one").lastSeq()).isEqualTo(19);
    }

    @Test
    void aClosedBookTakesNoMore() {
        Book book = journal.create("one");
        commit(book, entries(1, 1));
        book.close();
        book.close();
        assertThat(append(book, entries(2, 2)))
                .extracting(JournalException::reason)
                .isEqualTo(Reason.CLOSED);
        assertThatThrownBy(() -> book.read(-1, entry -> true)).satisfies(reason(Reason.CLOSED));
    }

    @Test
    void aClosedJournalTakesNoMore() {
        Book book = journal.create("one");
        commit(book, entries(1, 1));
        journal.close();
        journal.close();
        assertThat(append(book, entries(2, 2)))
                .extracting(JournalException::reason)
                .isEqualTo(Reason.CLOSED);
        assertThat(append(journal.create("two"), entries(1, 1)))
                .extracting(JournalException::reason)
                .isEqualTo(Reason.CLOSED);
        assertThatThrownBy(() -> journal.open("one")).satisfies(reason(Reason.CLOSED));
        assertThatThrownBy(() -> journal.list(Shelf.CURRENT, null, 1)).satisfies(reason(Reason.CLOSED));
    }

    @Test
    void readersSeeWhatWasCommittedWhileAppendsGoOn() throws Exception {
        Book book = journal.create("one");
        commit(book, entries(0, 0));
        CountDownLatch written = new CountDownLatch(1);
        Thread writing = new Thread(() -> {
            for (int i = 1; i <= 200; i++) {
                commit(book, entries(i, i));
            }
            written.countDown();
        });
        writing.start();
        while (written.getCount() > 0) {
            long committed = book.lastSeq();
            List<Long> found = seqs(book, -1);
            assertThat(found.size()).isGreaterThan((int) committed);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i)).isEqualTo(i);
            }
        }
        writing.join();
        assertThat(seqs(book, -1)).hasSize(201);
    }

    protected static Consumer<Throwable> reason(Reason expected) {
        return thrown -> assertThat(thrown).isInstanceOfSatisfying(JournalException.class, e -> assertThat(e.reason())
                .isEqualTo(expected));
    }
}
