package dev.agentws.journal.redis;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Book;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that comes back with less than it confirmed, or may have. */
@SuppressWarnings("NullAway.Init") // set by each test
final class LostHistoryTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final long HOLE = 1_000_000_000L;

    @TempDir
    Path directory;

    private RedisServer server;
    private final EventLoopGroup loops = RedisServer.loops();
    private final List<RedisJournal> journals = new ArrayList<>();
    private final BlockingQueue<String> lost = new LinkedBlockingQueue<>();

    @AfterEach
    void stopAll() {
        journals.forEach(RedisJournal::close);
        RedisServer.end(loops);
        if (server != null) {
            server.close();
        }
    }

    private void forgetful() throws Exception {
        server = RedisServer.start(directory, "no");
    }

    private RedisJournal node(String name, Duration lease, Duration patience) throws JournalException {
        RedisJournalConfig config =
                new RedisJournalConfig(server.url(), name, lease, 0, Duration.ofSeconds(2), patience, 1 << 20);
        RedisJournal journal = RedisJournal.start(
                config, loops, 1, () -> 1_000, () -> UUID.randomUUID().toString(), lost::add);
        journals.add(journal);
        return journal;
    }

    /** As if its owner had died: nobody renews, nobody says goodbye. */
    private void expire(String session) throws Exception {
        server.say("RENAME agentws:{" + session + "}:lease expired");
    }

    private static Book openWhenReached(RedisJournal journal, String session) {
        while (true) {
            try {
                return journal.open(session);
            } catch (JournalException e) {
                assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
                assertThat(Thread.interrupted()).as("out of time").isFalse();
            }
        }
    }

    private static Reason reason(JournalException why) {
        return why.reason();
    }

    @Test
    void anAppendNoticesThatHistoryIsGoneAndSoDoesAClaim() throws Exception {
        forgetful();
        RedisJournal journal = node("a", LONG, LONG);
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        server.say("FLUSHALL");
        assertThat(append(book, entries(4, 4)))
                .isNotNull()
                .hasMessage("session one: Redis has 0 entries (expected: 3)")
                .extracting(JournalException::reason)
                .isEqualTo(Reason.HISTORY_LOST);
        Book other = journal.create("two");
        commit(other, entries(1, 1));
        other.close();
        server.say("RENAME agentws:{two}:entries gone");
        assertThatThrownBy(() -> journal.open("two")).hasMessageContaining("(expected: 1-1)");
    }

    @Test
    void anIdleOwnerNoticesThatItsHistoryIsGone() throws Exception {
        forgetful();
        RedisJournal journal = node("a", SHORT, LONG);
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        RedisServer.Written written = server.restart();
        commit(book, entries(4, 5));
        server.forget(written);
        assertThat(lost.poll(30, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(append(book, entries(6, 6)))
                .isNotNull()
                .extracting(LostHistoryTest::reason)
                .isEqualTo(Reason.HISTORY_LOST);
        assertThat(journal.cluster().owns("one")).isFalse();
        assertThat(journal.cluster().lastSeq("one")).isEqualTo(3);
    }

    @Test
    void anIdleOwnerNoticesThatItsSessionIsGone() throws Exception {
        forgetful();
        Book book = node("a", SHORT, LONG).create("one");
        commit(book, entries(1, 3));
        server.say("FLUSHALL");
        assertThat(lost.poll(30, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(append(book, entries(4, 4)))
                .isNotNull()
                .extracting(LostHistoryTest::reason)
                .isEqualTo(Reason.HISTORY_LOST);
    }

    @Test
    void theNumbersOfLostFramesAreNotGivenASecondTime() throws Exception {
        forgetful();
        Book book = node("a", LONG, LONG).create("one");
        commit(book, entries(1, 3));
        RedisServer.Written written = server.restart();
        commit(book, entries(4, 5));
        server.forget(written);
        expire("one");
        Book next = node("b", LONG, LONG).open("one");
        assertThat(next.lastSeq()).isEqualTo(3 + HOLE);
        assertThat(next.entries()).isEqualTo(4);
        commit(next, entries(4 + HOLE, 4 + HOLE));
        assertThat(seqs(next, -1)).containsExactly(1L, 2L, 3L, 3 + HOLE, 4 + HOLE);
        next.close();
        journals.get(1).close();
        assertThat(node("c", LONG, LONG).open("one").lastSeq())
                .as("one hole is enough")
                .isEqualTo(4 + HOLE);
    }

    @Test
    void whoseEndMayBeLostHasAHoleAlthoughNothingIs() throws Exception {
        forgetful();
        Book book = node("a", LONG, LONG).create("one");
        commit(book, entries(1, 3));
        book.close();
        journals.get(0).close();
        server.restart();
        assertThat(node("b", LONG, LONG).open("one").lastSeq()).isEqualTo(3 + HOLE);
    }

    @Test
    void aRestartOfARedisThatKeepsAllMakesNoHole() throws Exception {
        server = RedisServer.start(directory);
        RedisJournal alive = node("b", LONG, LONG);
        Book book = node("a", LONG, LONG).create("one");
        commit(book, entries(1, 3));
        server.restart();
        expire("one");
        assertThat(openWhenReached(alive, "one").lastSeq()).isEqualTo(3);
        server.restart();
        expire("one");
        assertThat(node("c", LONG, LONG).open("one").lastSeq()).isEqualTo(3);
    }

    @Test
    void whatItKeepsIsAskedAgainBecauseItCanBeChanged() throws Exception {
        server = RedisServer.start(directory);
        Book book = node("a", SHORT, LONG).create("one");
        commit(book, entries(1, 3));
        server.say("CONFIG SET appendfsync everysec");
        until(() -> server.ask("HGET agentws:{one}:meta keeps").equals("0"));
        journals.get(0).close();
        server.restart();
        // Every second at most is what Redis kept, so it may have forgotten that the session was let go.
        until(() -> server.ask("GET agentws:{one}:lease").isEmpty());
        assertThat(node("c", LONG, LONG).open("one").lastSeq()).isEqualTo(3 + HOLE);
    }

    /** Looks into Redis. */
    private interface Look {
        boolean holds() throws Exception;
    }

    private static void until(Look look) throws Exception {
        while (!look.holds()) {
            assertThat(Thread.interrupted()).as("out of time").isFalse();
        }
    }

    @Test
    void aSessionWhoseOwnerLivedThroughTheRestartHasNoHole() throws Exception {
        forgetful();
        RedisJournal first = node("a", SHORT, LONG);
        Book idle = first.create("idle");
        commit(idle, entries(1, 3));
        Book working = first.create("working");
        commit(working, entries(1, 3));
        server.restart();
        commit(working, entries(4, 4));
        for (Book book : List.of(idle, working)) {
            until(() -> server.ask("INFO replication")
                    .contains("master_replid:" + server.ask("HGET agentws:{" + book.sessionId() + "}:meta story")));
        }
        first.close();
        RedisJournal second = node("b", LONG, LONG);
        assertThat(second.open("idle").lastSeq()).isEqualTo(3);
        assertThat(second.open("working").lastSeq()).isEqualTo(4);
    }

    @Test
    void aBookThatItsOwnerOpensAgainHasNoHole() throws Exception {
        forgetful();
        RedisJournal journal = node("a", LONG, Duration.ofMillis(1));
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        server.kill();
        assertThat(append(book, entries(4, 4)))
                .isNotNull()
                .extracting(LostHistoryTest::reason)
                .isEqualTo(Reason.UNAVAILABLE);
        server.start();
        Book again = reopenWhenReached(journal, book);
        assertThat(again.lastSeq()).isEqualTo(3);
        commit(again, entries(4, 4));
    }

    @Test
    void aBookThatLostItsEndIsNotOpenedAgain() throws Exception {
        forgetful();
        RedisJournal journal = node("a", LONG, Duration.ofMillis(1));
        Book book = journal.create("one");
        commit(book, entries(1, 3));
        RedisServer.Written written = server.restart();
        while (append(book, entries(4, 4)) != null) {
            book = reopenWhenReached(journal, book);
        }
        Book whole = book;
        server.forget(written);
        assertThatThrownBy(() -> reopenWhenReached(journal, whole))
                .hasMessageContaining("its last entry is 3 (expected: 4 entries)");
    }

    private static Book reopenWhenReached(RedisJournal journal, Book old) throws JournalException {
        while (true) {
            try {
                return journal.reopen(old);
            } catch (JournalException e) {
                if (e.reason() != Reason.UNAVAILABLE) {
                    throw e;
                }
                assertThat(Thread.interrupted()).as("out of time").isFalse();
            }
        }
    }
}
