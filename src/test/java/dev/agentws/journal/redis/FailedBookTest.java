package dev.agentws.journal.redis;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.await;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Book;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.PendingBytes;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A book that failed, and what becomes of its session. */
@SuppressWarnings("NullAway.Init") // set before each test
final class FailedBookTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private RedisServer server;
    private final EventLoopGroup loops = RedisServer.loops();
    private final List<RedisJournal> journals = new ArrayList<>();

    @BeforeEach
    void startServer() throws Exception {
        server = RedisServer.start(directory);
    }

    @AfterEach
    void stopAll() {
        journals.forEach(RedisJournal::close);
        RedisServer.end(loops);
        if (server != null) {
            server.close();
        }
    }

    private RedisJournal node(String name, Duration patience, long mark) throws JournalException {
        RedisJournal journal = RedisJournal.start(
                new RedisJournalConfig(server.url(), name, LONG, 0, Duration.ofSeconds(2), patience, mark),
                loops,
                1,
                () -> 1_000,
                () -> UUID.randomUUID().toString(),
                lost -> {});
        journals.add(journal);
        return journal;
    }

    @Test
    void whatWaitsInABookThatHasTooMuchFailsWithItAndCountsNoMore() throws Exception {
        long each = PendingBytes.cost(entries(1, 1));
        // Nothing is taken beyond four times that.
        RedisJournal journal = node("a", LONG, each / 2 + 1);
        Book book = journal.create("one");
        commit(book, entries(1, 1));
        server.kill();
        List<CompletableFuture<@Nullable JournalException>> outcomes = new ArrayList<>();
        for (long seq = 2; seq <= 4; seq++) {
            CompletableFuture<@Nullable JournalException> outcome = new CompletableFuture<>();
            book.append(entries(seq, seq), outcome::complete);
            outcomes.add(outcome);
        }
        CompletableFuture<Boolean> free = new CompletableFuture<>();
        journal.pressure().whenWritable(() -> free.complete(true));
        for (int refused : new int[] {1, 2}) {
            assertThat(await(outcomes.get(refused)))
                    .extracting(JournalException::reason)
                    .isEqualTo(Reason.OVERLOADED);
        }
        assertThat(outcomes.get(0)).isNotDone();
        server.start();
        assertThat(await(outcomes.get(0))).isNull();
        assertThat(await(free)).isTrue();
        assertThat(journal.pressure().pendingBytes()).isZero();
        commit(journal.reopen(book), entries(3, 4));
        assertThat(journal.pressure().pendingBytes()).isZero();
    }

    @Test
    void aSessionStaysOursWhileItsBookIsOpenedAgain() throws Exception {
        RedisJournal journal = node("a", Duration.ofMillis(1), 1 << 20);
        Book book = journal.create("one");
        commit(book, entries(1, 1));
        server.kill();
        assertThat(append(book, entries(2, 2)))
                .extracting(JournalException::reason)
                .isEqualTo(Reason.UNAVAILABLE);
        assertThatThrownBy(() -> journal.reopen(book)).isInstanceOf(JournalException.class);
        assertThat(journal.cluster().leased("one")).isTrue();
        assertThat(journal.cluster().owns("one")).isFalse();
        server.start();
        Book again = reopened(journal, book);
        assertThat(journal.cluster().owns("one")).isTrue();
        commit(again, entries(again.lastSeq() + 1, 3));
        again.close();
        journal.close();
        assertThat(node("b", LONG, 1 << 20).cluster().owner("one")).isNull();
    }

    private static Book reopened(RedisJournal journal, Book book) {
        while (true) {
            try {
                return journal.reopen(book);
            } catch (JournalException e) {
                assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
                assertThat(Thread.interrupted()).as("out of time").isFalse();
            }
        }
    }
}
