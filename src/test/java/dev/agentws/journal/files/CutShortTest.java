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
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Listing;
import dev.agentws.journal.Shelf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a book that is opened may lack something that its session has shown. */
final class CutShortTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path temp;

    @SuppressWarnings("NullAway.Init") // before each test
    private Path data;

    private int crashes;

    @BeforeEach
    void place() {
        data = temp.resolve("data");
    }

    private Journal start(Durability level) throws JournalException {
        return FileJournal.start(FileJournalConfig.defaults(data, level));
    }

    /** What follows finds what a kill would leave just now. */
    private void crash() throws IOException {
        Path left = temp.resolve("crash" + crashes++);
        LogTest.copy(data, left);
        data = left;
    }

    private boolean cutShort(Durability level) throws JournalException {
        try (Journal journal = start(level)) {
            return journal.open("one").cutShort();
        }
    }

    @Test
    void aSessionThatWasOpenWhenTheProcessDied() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            Book book = journal.create("one");
            assertThat(book.cutShort()).isFalse();
            commit(book, entries(1, 3));
            crash();
        }
        assertThat(cutShort(Durability.FAST)).isTrue();
    }

    @Test
    void theSameIfItHadADirectoryAlready() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            commit(journal.create("one"), entries(1, 3));
            journal.list(Shelf.CURRENT, null, 1);
            crash();
        }
        assertThat(cutShort(Durability.FAST)).isTrue();
    }

    @Test
    void notOneThatWasClosedInOrder() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            book.close();
            Book again = journal.open("one");
            assertThat(again.cutShort()).isFalse();
            again.close();
            Book last = journal.open("one");
            assertThat(last.cutShort()).isFalse();
            last.close();
            // Comes behind it, so it is let go of then.
            journal.list(Shelf.CURRENT, null, 1);
            crash();
        }
        assertThat(cutShort(Durability.FAST)).isFalse();
    }

    @Test
    void oneThatWasOpenedAgainAndHadShownWhatIsNotWritten() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            book.close();
            journal.open("one");
            crash();
        }
        assertThat(cutShort(Durability.FAST)).isTrue();
    }

    @Test
    void itStaysSoUntilSomebodyGoesOnWithIt() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            commit(journal.create("one"), entries(1, 3));
            crash();
        }
        try (Journal journal = start(Durability.FAST)) {
            try (Book read = journal.open("one")) {
                assertThat(seqs(read, -1)).containsExactly(1L, 2L, 3L);
            }
            Book book = journal.open("one");
            assertThat(book.cutShort()).isTrue();
            commit(book, entries(9, 9));
            assertThat(book.cutShort()).isFalse();
            book.close();
            Book next = journal.open("one");
            assertThat(next.cutShort()).isFalse();
            next.close();
        }
        assertThat(cutShort(Durability.FAST)).isFalse();
    }

    @Test
    void notOneInTheArchive() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            assertThat(end(book, End.ARCHIVE)).isNull();
            crash();
        }
        assertThat(cutShort(Durability.FAST)).isFalse();
    }

    @Test
    void whoOnlyReadsOneInTheArchiveKeepsItNoLonger() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            assertThat(end(book, End.ARCHIVE)).isNull();
            FileTime longAgo = FileTime.from(Instant.EPOCH.plusSeconds(1));
            Files.setLastModifiedTime(data.resolve("archived/one"), longAgo);
            Book read = journal.openToRead("one");
            assertThat(seqs(read, -1)).containsExactly(1L, 2L, 3L);
            assertThatThrownBy(() -> commit(read, entries(4, 4))).isInstanceOf(IllegalStateException.class);
            assertThat(end(read, End.ARCHIVE)).isNull();
            assertThat(journal.list(Shelf.ARCHIVE, null, 1).sessions())
                    .extracting(Listing.Item::activeAtMillis)
                    .containsExactly(longAgo.toMillis());
        }
    }

    @Test
    void whoOnlyReadsOneThatWasCutShortLeavesItSo() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            commit(journal.create("one"), entries(1, 3));
            crash();
        }
        try (Journal journal = start(Durability.FAST)) {
            try (Book read = journal.openToRead("one")) {
                assertThat(read.cutShort()).isTrue();
            }
            assertThat(journal.open("one").cutShort()).isTrue();
        }
    }

    @Test
    void neverWhereNothingIsShownBeforeItIsOnTheDisk() throws Exception {
        try (Journal journal = start(Durability.STRICT)) {
            commit(journal.create("one"), entries(1, 3));
            crash();
        }
        try (Journal journal = start(Durability.STRICT)) {
            Book book = journal.open("one");
            assertThat(book.cutShort()).isFalse();
            commit(book, entries(4, 4));
            crash();
        }
        assertThat(cutShort(Durability.FAST)).isFalse();
    }

    @Test
    void whatCountsIsHowTheSessionLivedThatWasCutShort() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            commit(journal.create("one"), entries(1, 3));
            crash();
        }
        assertThat(cutShort(Durability.STRICT)).isTrue();
    }

    @Test
    void whoOpensItsBookAgainKnowsWhatItHas() throws Exception {
        try (Journal journal = start(Durability.FAST)) {
            Book book = journal.create("one");
            commit(book, entries(1, 3));
            Book again = journal.reopen(book);
            assertThat(again.cutShort()).isFalse();
            assertThat(again.entries()).isEqualTo(3);
        }
    }
}
