package dev.agentws.journal.redis;

import static dev.agentws.journal.Outcomes.await;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.entries;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.Book;
import dev.agentws.journal.JournalException;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit that a replica must have. */
@SuppressWarnings("NullAway.Init") // set before each test
final class ReplicaTest {
    /** Nothing is given up within a test. */
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    Path primaryFiles;

    @TempDir
    Path replicaFiles;

    private final EventLoopGroup loops = RedisServer.loops();
    private RedisServer primary;
    private RedisServer replica;
    private RedisJournal journal;

    @BeforeEach
    void startServers() throws Exception {
        primary = RedisServer.start(primaryFiles);
        replica = RedisServer.replica(replicaFiles, primary);
        journal = RedisJournal.start(
                new RedisJournalConfig(primary.url(), "a", LONG, 1, LONG, LONG, 1 << 20),
                loops,
                1,
                () -> 1_000,
                () -> UUID.randomUUID().toString(),
                lost -> {});
    }

    @AfterEach
    void stopAll() {
        if (journal != null) {
            journal.close();
        }
        RedisServer.end(loops);
        if (replica != null) {
            replica.close();
        }
        if (primary != null) {
            primary.close();
        }
    }

    @Test
    void whatIsAcknowledgedIsThereWhenThePrimaryDies() throws Exception {
        Book book = journal.create("one");
        for (long seq = 1; seq <= 50; seq++) {
            commit(book, entries(seq, seq));
        }
        primary.kill();
        assertThat(replica.ask("HGET agentws:{one}:meta entries")).isEqualTo("50");
        primary.start();
    }

    @Test
    void whileTheReplicaIsAwayNothingIsAcknowledgedAndNothingElseWaitsForIt() throws Exception {
        Book book = journal.create("one");
        commit(book, entries(1, 1));
        replica.kill();
        CompletableFuture<@Nullable JournalException> outcome = new CompletableFuture<>();
        book.append(entries(2, 2), outcome::complete);
        while (!primary.ask("HGET agentws:{one}:meta entries").equals("2")) {
            Thread.onSpinWait();
        }
        // Behind it on one connection these would wait for minutes.
        for (int i = 0; i < 20; i++) {
            assertThat(journal.cluster().owner("one")).isEqualTo("a");
        }
        assertThat(outcome).isNotDone();
        replica.start();
        assertThat(await(outcome)).isNull();
        assertThat(replica.ask("HGET agentws:{one}:meta entries")).isEqualTo("2");
    }
}
