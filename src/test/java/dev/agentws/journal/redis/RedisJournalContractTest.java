package dev.agentws.journal.redis;

import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalContract;
import dev.agentws.journal.JournalException;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
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

    @AfterEach
    void endLoops() {
        journal.close();
        RedisServer.end(loops);
    }
}
