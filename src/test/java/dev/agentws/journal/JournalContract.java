package dev.agentws.journal;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.bytes;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.end;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.JournalException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every journal does: with books, as {@link BookContract} has it, and with sessions as a whole. */
public abstract class JournalContract extends BookContract {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "A",
                "../../etc/passwd",
                ".",
                "..",
                ".new-x",
                "~x",
                "a%2fb",
                "a/b",
                "ä ö 日本 🙂",
                "x{y}z",
                "CON"
            })
    void everyPrintableIdIsAName(String id) throws JournalException {
        checkId(id);
    }

    @Test
    void aKeptBookCanStillBeReadAfterItsEnd() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        book.append(entries(4, 4), failure -> {});
        assertThat(end(book, End.ARCHIVE)).isNull();
        assertThat(seqs(book, -1)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(append(book, entries(5, 5)))
                .extracting(JournalException::reason)
                .isEqualTo(Reason.CLOSED);
        try (Book again = journal.open("one")) {
            assertThat(seqs(book, 2)).containsExactly(3L, 4L);
            commit(again, entries(5, 5));
            assertThat(seqs(book, 2)).startsWith(3L, 4L);
        }
    }

    @Test
    void aKeptBookThatIsOnlyReadIsPutBackAsItWas() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        assertThat(end(book, End.ARCHIVE)).isNull();
        Book read = journal.openToRead("one");
        assertThat(seqs(read, -1)).containsExactly(1L, 2L, 3L);
        assertThat(end(read, End.ARCHIVE)).isNull();
        assertThat(ids(journal.list(Shelf.ARCHIVE, null, 10))).containsExactly("one");
    }

    @Test
    void aDeletedBookCannotBeRead() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        assertThat(end(book, End.DELETE)).isNull();
        Book other = journal.create("one");
        commit(other, entries(1, 1));
        assertThatThrownBy(() -> book.read(-1, entry -> true)).satisfies(reason(Reason.CLOSED));
    }

    @Test
    void theLongestIdIsAName() throws JournalException {
        checkId("🙂".repeat(128));
        checkId("🙂".repeat(127) + "x");
    }

    private void checkId(String id) throws JournalException {
        Book book = journal.create(id);
        commit(book, entries(1, 2));
        book.close();
        Book again = journal.open(id);
        assertThat(again.lastSeq()).isEqualTo(2);
        assertThat(ids(journal.list(Shelf.CURRENT, null, 10))).contains(id);
        again.close();
    }

    @Test
    void theListShowsTheNewestSummaries() throws JournalException {
        Book first = journal.create("one");
        first.summary(bytes("{\"early\":true}"));
        commit(first, entries(1, 1));
        Book second = journal.create("two");
        commit(second, entries(1, 1));
        second.summary(bytes("{\"t\":1}"));
        second.summary(bytes("{\"t\":2}"));
        settle(first, second);
        Listing all = journal.list(Shelf.CURRENT, null, 10);
        assertThat(ids(all)).containsExactlyInAnyOrder("one", "two");
        assertThat(all.next()).isNull();
        assertThat(all.sessions())
                .allSatisfy(item -> assertThat(item.activeAtMillis()).isPositive());
        assertThat(summary(all, "one")).isEqualTo("{\"early\":true}");
        assertThat(summary(all, "two")).isEqualTo("{\"t\":2}");
    }

    @Test
    void theListHasPages() throws JournalException {
        List<Book> books = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Book book = journal.create("session-" + i);
            commit(book, entries(1, 1));
            books.add(book);
        }
        settle(books.toArray(Book[]::new));
        List<String> seen = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            Listing page = journal.list(Shelf.CURRENT, cursor, 3);
            seen.addAll(ids(page));
            cursor = page.next();
            pages++;
        } while (cursor != null);
        assertThat(pages).isEqualTo(3);
        assertThat(seen).hasSize(7).doesNotHaveDuplicates();
        assertThatThrownBy(() -> journal.list(Shelf.CURRENT, null, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDeletedSessionIsGone() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        assertThat(end(book, End.DELETE)).isNull();
        assertThat(journal.list(Shelf.CURRENT, null, 10).sessions()).isEmpty();
        assertThatThrownBy(() -> journal.open("one")).satisfies(reason(Reason.NOT_FOUND));
        Book again = journal.create("one");
        commit(again, entries(1, 1));
        assertThat(seqs(again, -1)).containsExactly(1L);
    }

    @Test
    void anArchivedSessionIsKeptAndTakenBack() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        book.summary(bytes("{\"s\":1}"));
        assertThat(end(book, End.ARCHIVE)).isNull();
        assertThat(journal.list(Shelf.CURRENT, null, 10).sessions()).isEmpty();
        assertThat(summary(journal.list(Shelf.ARCHIVE, null, 10), "one")).isEqualTo("{\"s\":1}");
        Book twin = journal.create("one");
        assertThat(append(twin, entries(1, 1)))
                .extracting(JournalException::reason)
                .isEqualTo(Reason.EXISTS);
        twin.close();
        Book again = journal.open("one");
        commit(again, entries(4, 4));
        assertThat(seqs(again, 0)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(journal.list(Shelf.ARCHIVE, null, 10).sessions()).isEmpty();
        assertThat(ids(journal.list(Shelf.CURRENT, null, 10))).containsExactly("one");
    }

    @Test
    void anEndFollowsTheAppendsBeforeIt() throws JournalException {
        Book book = journal.create("one");
        for (int i = 0; i < 20; i++) {
            book.append(entries(i, i), failure -> {});
        }
        assertThat(end(book, End.ARCHIVE)).isNull();
        assertThat(journal.open("one").lastSeq()).isEqualTo(19);
    }

    @Test
    void aSessionThatNeverBeganEndsQuietly() {
        assertThat(end(journal.create("one"), End.DELETE)).isNull();
    }

    /** Summaries of these books are stored when this returns. */
    private void settle(Book... books) throws JournalException {
        for (Book book : books) {
            book.close();
            journal.open(book.sessionId()).close();
        }
    }

    protected static List<String> ids(Listing listing) {
        return listing.sessions().stream().map(Listing.Item::sessionId).toList();
    }

    private static String summary(Listing listing, String id) {
        return listing.sessions().stream()
                .filter(item -> item.sessionId().equals(id))
                .map(item -> new String(item.summary(), StandardCharsets.UTF_8))
                .findAny()
                .orElseThrow();
    }
}
