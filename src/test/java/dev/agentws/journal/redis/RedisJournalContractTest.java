package dev.agentws.journal.redis;

import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.end;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.Book;
import dev.agentws.journal.End;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalContract;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Shelf;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before the tests
final class RedisJournalContractTest extends JournalContract {
    @TempDir
    static Path directory;

    private static RedisServer server;

    private EventLoopGroup loops;

    @BeforeAll
    static void startServer() throws IOException {
        server = RedisServer.start(directory);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected Journal start() throws JournalException, IOException {
        loops = RedisServer.loops();
        AtomicLong clock = new AtomicLong(1_000);
        server.say("FLUSHALL");
        return RedisJournal.start(
                RedisJournalConfig.defaults(server.url(), "node-a"),
                loops,
                1,
                clock::incrementAndGet,
                () -> UUID.randomUUID().toString(),
                session -> {});
    }

    @Test
    void whoOnlyReadsASessionThatHasEndedKeepsItNoLonger() throws JournalException {
        Book book = journal.create("one");
        commit(book, entries(1, 1));
        assertThat(end(book, End.ARCHIVE)).isNull();
        long ended = archivedAt();
        Book read = journal.open("one");
        assertThat(seqs(read, -1)).containsExactly(1L);
        assertThat(end(read, End.ARCHIVE)).isNull();
        assertThat(archivedAt()).isEqualTo(ended);
        Book resumed = journal.open("one");
        commit(resumed, entries(2, 2));
        assertThat(end(resumed, End.ARCHIVE)).isNull();
        assertThat(archivedAt()).isGreaterThan(ended);
    }

    private long archivedAt() throws JournalException {
        return journal.list(Shelf.ARCHIVE, null, 10).sessions().get(0).activeAtMillis();
    }

    @AfterEach
    void endLoops() {
        journal.close();
        RedisServer.end(loops);
    }
}
