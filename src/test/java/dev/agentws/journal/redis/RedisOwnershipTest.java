package dev.agentws.journal.redis;

import static dev.agentws.journal.Outcomes.append;
import static dev.agentws.journal.Outcomes.await;
import static dev.agentws.journal.Outcomes.bytes;
import static dev.agentws.journal.Outcomes.commit;
import static dev.agentws.journal.Outcomes.entries;
import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.journal.Book;
import dev.agentws.journal.Cluster;
import dev.agentws.journal.End;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Outcomes;
import io.netty.channel.EventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several owners, a Redis that dies, and what nodes have to do with each other. */
@SuppressWarnings("NullAway.Init") // set before each test
final class RedisOwnershipTest {
    /** Long enough that nobody loses a session by being slow. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path directory;

    private RedisServer server;
    private final EventLoopGroup loops = RedisServer.loops();
    private final List<RedisJournal> journals = new ArrayList<>();
    private final BlockingQueue<String> lost = new LinkedBlockingQueue<>();

    @BeforeEach
    void startServer() throws Exception {
        server = RedisServer.start(directory);
    }

    @AfterEach
    void stopAll() throws Exception {
        journals.forEach(RedisJournal::close);
        RedisServer.end(loops);
        if (server != null) {
            server.close();
        }
    }

    private RedisJournal node(String name, Duration lease, Duration patience) throws JournalException {
        RedisJournal journal = start(config(name, lease, patience), loops);
        journals.add(journal);
        return journal;
    }

    private RedisJournal start(RedisJournalConfig config, EventLoopGroup on) throws JournalException {
        return RedisJournal.start(
                config, on, 1, () -> 1_000, () -> UUID.randomUUID().toString(), lost::add);
    }

    private RedisJournalConfig config(String name, Duration lease, Duration patience) {
        return new RedisJournalConfig(server.url(), name, lease, 0, Duration.ofSeconds(2), patience, 1 << 20);
    }

    @Test
    void aSessionOfAnotherNodeIsTaken() throws Exception {
        RedisJournal first = node("a", LONG, LONG);
        RedisJournal second = node("b", LONG, LONG);
        Book book = first.create("one");
        commit(book, entries(1, 2));
        assertThatThrownBy(() -> second.open("one"))
                .hasMessage("session one: owned by node a (expected: no owner)")
                .satisfies(thrown ->
                        assertThat(((JournalException) thrown).reason()).isEqualTo(Reason.TAKEN));
        assertThat(second.cluster().owner("one")).isEqualTo("a");
        assertThat(first.cluster().owns("one")).isTrue();
        assertThat(second.cluster().owns("one")).isFalse();
        assertThat(second.cluster().deserted("one")).isFalse();
        book.close();
        first.close();
        assertThat(second.cluster().deserted("one")).isFalse();
        assertThat(second.open("one").lastSeq()).isEqualTo(2);
        assertThat(second.cluster().owner("one")).isEqualTo("b");
    }

    @Test
    void aZombieIsFenced() throws Exception {
        RedisJournal first = node("a", LONG, LONG);
        RedisJournal second = node("b", LONG, LONG);
        Book zombie = first.create("one");
        commit(zombie, entries(1, 2));
        // As if the lease had run out while the first slept.
        expire("one");
        assertThat(second.cluster().deserted("one")).isTrue();
        Book book = second.open("one");
        commit(book, entries(3, 4));
        JournalException fenced = append(zombie, entries(3, 9));
        assertThat(fenced).extracting(JournalException::reason).isEqualTo(Reason.FENCED);
        assertThat(append(zombie, entries(10, 10))).isSameAs(fenced);
        assertThat(seqs(book, -1)).containsExactly(1L, 2L, 3L, 4L);
        zombie.close();
        first.close();
        commit(book, entries(5, 5));
        assertThat(second.cluster().owner("one")).isEqualTo("b");
    }

    @Test
    void anOwnerThatLostItsSessionIsToldWithoutWriting() throws Exception {
        RedisJournal first = node("a", SHORT, LONG);
        RedisJournal second = node("b", LONG, LONG);
        commit(first.create("one"), entries(1, 2));
        expire("one");
        second.open("one");
        assertThat(lost.poll(30, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(first.cluster().owns("one")).isFalse();
    }

    @Test
    void aLeaseIsRenewedWhileItsOwnerRunsAndPassesOnWhenItFreezes() throws Exception {
        EventLoopGroup freezing = RedisServer.loops();
        RedisJournal first = start(config("a", SHORT, LONG), freezing);
        RedisJournal second = node("b", SHORT, LONG);
        Book zombie = first.create("one");
        commit(zombie, entries(1, 2));
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < 3 * SHORT.toNanos()) {
            assertThat(second.cluster().owner("one")).isEqualTo("a");
        }
        AtomicBoolean frozen = new AtomicBoolean(true);
        freezing.execute(() -> {
            long rounds = 0;
            // Neither blocks nor waits, which the guard of the event loops would not let pass.
            while (frozen.get()) {
                rounds++;
            }
            assertThat(rounds).isPositive();
        });
        CompletableFuture<@Nullable JournalException> late = new CompletableFuture<>();
        zombie.append(entries(3, 4), late::complete);
        Book book = openWhenFree(second, "one");
        assertThat(book.lastSeq()).isEqualTo(2);
        assertThat(first.cluster().owns("one")).isFalse();
        commit(book, entries(3, 3));
        frozen.set(false);
        assertThat(await(late)).extracting(JournalException::reason).isEqualTo(Reason.FENCED);
        assertThat(seqs(book, -1)).containsExactly(1L, 2L, 3L);
        first.close();
        RedisServer.end(freezing);
    }

    private static Book openWhenFree(RedisJournal journal, String session) {
        while (true) {
            try {
                return journal.open(session);
            } catch (JournalException e) {
                assertThat(e.reason()).isIn(Reason.TAKEN, Reason.UNAVAILABLE);
                assertThat(Thread.interrupted()).as("out of time").isFalse();
            }
        }
    }

    private void expire(String session) throws Exception {
        server.say("RENAME agentws:{" + session + "}:lease expired");
    }

    @Test
    void nothingIsLostOrDoubledWhenRedisIsKilledWhileBatchesAreUnderWay() throws Exception {
        RedisJournal journal = node("a", LONG, LONG);
        Book book = journal.create("one");
        List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
        long seq = 0;
        for (int cycle = 0; cycle < 3; cycle++) {
            List<CompletableFuture<@Nullable JournalException>> outcomes = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                long last = seq += 2;
                CompletableFuture<@Nullable JournalException> outcome = new CompletableFuture<>();
                book.append(entries(last - 1, last), failure -> {
                    if (failure == null) {
                        acknowledged.add(last);
                    }
                    outcome.complete(failure);
                });
                outcomes.add(outcome);
                if (i == 150) {
                    server.kill();
                }
            }
            server.start();
            for (CompletableFuture<@Nullable JournalException> outcome : outcomes) {
                assertThat(await(outcome)).isNull();
            }
        }
        assertThat(acknowledged).hasSize(900).isSorted().doesNotHaveDuplicates();
        assertThat(seqs(book, -1))
                .isEqualTo(LongStream.rangeClosed(1, seq).boxed().toList());
    }

    @Test
    void whileRedisIsAwayProducersAreStoppedAndNothingIsAcknowledged() throws Exception {
        RedisJournal journal = node("a", LONG, LONG);
        Book book = journal.create("one");
        commit(book, entries(1, 1));
        server.kill();
        String json = "{\"t\":\"" + "x".repeat(300_000) + "\"}";
        List<CompletableFuture<@Nullable JournalException>> outcomes = new ArrayList<>();
        for (long seq = 2; journal.pressure().writable(); seq++) {
            CompletableFuture<@Nullable JournalException> outcome = new CompletableFuture<>();
            book.append(List.of(Outcomes.entry(seq, "frame", json)), outcome::complete);
            outcomes.add(outcome);
        }
        CompletableFuture<Boolean> free = new CompletableFuture<>();
        journal.pressure().whenWritable(() -> free.complete(true));
        assertThat(outcomes).hasSize(4).noneMatch(CompletableFuture::isDone);
        assertThat(free).isNotDone();
        server.start();
        assertThat(await(free)).isTrue();
        for (CompletableFuture<@Nullable JournalException> outcome : outcomes) {
            assertThat(await(outcome)).isNull();
        }
        assertThat(seqs(book, -1)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void aBookFailsWhenPatienceEndsAndGoesOnWhenItIsOpenedAgain() throws Exception {
        RedisJournal journal = node("a", LONG, Duration.ofMillis(1));
        Book book = journal.create("one");
        commit(book, entries(1, 1));
        server.kill();
        assertThat(append(book, entries(2, 2)))
                .extracting(JournalException::reason)
                .isEqualTo(Reason.UNAVAILABLE);
        book.close();
        server.start();
        Book again = openWhenFree(journal, "one");
        assertThat(again.lastSeq()).isBetween(1L, 2L);
    }

    @Test
    void withTooFewReplicasNothingIsAcknowledged() throws Exception {
        RedisJournalConfig config = new RedisJournalConfig(
                server.url(), "a", LONG, 1, Duration.ofMillis(200), Duration.ofMillis(1), 1 << 20);
        RedisJournal journal = start(config, loops);
        journals.add(journal);
        assertThat(append(journal.create("one"), entries(1, 1)))
                .hasMessageContaining("on 0 replicas (expected: 1)")
                .extracting(JournalException::reason)
                .isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void commandsReachTheOwnerAndNewEntriesTheOnlooker() throws Exception {
        Cluster owner = node("a", LONG, LONG).cluster();
        Book book = journals.get(0).create("one");
        commit(book, entries(1, 2));
        Cluster other = node("b", LONG, LONG).cluster();
        BlockingQueue<String> hints = new LinkedBlockingQueue<>();
        try (Cluster.Watch atOwner = owner.watch("one", () -> hints.add("owner"));
                Cluster.Watch atOther = other.watch("one", () -> hints.add("other"))) {
            assertThat(atOwner).isNotSameAs(atOther);
            assertThat(List.of(take(hints), take(hints))).containsExactlyInAnyOrder("owner", "other");
            BlockingQueue<String> inbox = new LinkedBlockingQueue<>();
            try (Cluster.Watch atInbox = owner.inbox(id -> inbox.add(id == null ? "missed" : id))) {
                assertThat(atInbox).isNotNull();
                assertThat(take(inbox)).isEqualTo("missed");
                Cluster.Sent sent = other.send("one", bytes("{\"do\":1}"));
                assertThat(sent.lastSeq()).isEqualTo(2);
                String first = sent.commandId();
                assertThat(take(inbox)).isEqualTo("one");
                other.send("one", bytes("{\"do\":2}"));
                assertThat(commands(owner)).containsExactly("{\"do\":1}", "{\"do\":2}");
                assertThat(other.outcome("one", first)).isNull();
                owner.done("one", first, bytes("{\"was\":1}"));
                assertThat(commands(owner)).containsExactly("{\"do\":2}");
                assertThat(other.outcome("one", first)).isEqualTo(bytes("{\"was\":1}"));
            }
            assertThat(List.of(take(hints), take(hints))).containsExactlyInAnyOrder("owner", "other");
            commit(book, entries(3, 3));
            assertThat(List.of(take(hints), take(hints))).containsExactlyInAnyOrder("owner", "other");
        }
        List<Long> seen = new ArrayList<>();
        other.read("one", 1, entry -> seen.add(entry.seq()));
        assertThat(seen).containsExactly(2L, 3L);
        assertThatThrownBy(() -> other.send("nobody", bytes("{}"))).hasMessage("session nobody: not found");
    }

    @Test
    void aBusySessionWithoutAnOwnerIsAnOrphanAndAnEndedOneIsNot() throws Exception {
        Cluster cluster = node("a", SHORT, LONG).cluster();
        Book working = journals.get(0).create("working");
        working.busy(true);
        commit(working, entries(1, 1));
        Book resting = journals.get(0).create("resting");
        commit(resting, entries(1, 1));
        Book over = journals.get(0).create("over");
        over.busy(true);
        commit(over, entries(1, 1));
        assertThat(cluster.orphans()).isEmpty();
        journals.get(0).close();
        Cluster other = node("b", LONG, LONG).cluster();
        assertThat(other.orphans()).containsExactlyInAnyOrder("working", "over");
        other.send("resting", bytes("{}"));
        assertThat(other.orphans()).containsExactlyInAnyOrder("working", "over", "resting");
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        journals.get(1).open("over").end(End.ARCHIVE, failure -> ended.complete(failure == null));
        assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(other.orphans()).containsExactlyInAnyOrder("working", "resting");
        assertThat(other.current("over")).isFalse();
        assertThatThrownBy(() -> other.send("over", bytes("{}"))).hasMessage("session over: not found");
        Book again = journals.get(1).open("working");
        assertThat(other.orphans()).containsExactly("resting");
        again.busy(false);
        commit(again, entries(2, 2));
        again.close();
        Book rested = journals.get(1).open("resting");
        assertThat(other.orphans()).isEmpty();
        rested.close();
    }

    @Test
    void aSessionThatWasLetGoOfAtRestIsNoOrphanUnlessACommandWaits() throws Exception {
        RedisJournal journal = node("a", LONG, LONG);
        Cluster cluster = journal.cluster();
        for (String id : List.of("asked", "resting")) {
            Book book = journal.create(id);
            commit(book, entries(1, 1));
            // A question of another node changes nothing, so nothing is written after it.
            String command = cluster.send(id, bytes("{}")).commandId();
            if (id.equals("resting")) {
                cluster.done(id, command, bytes("{}"));
            }
            book.busy(false);
        }
        journal.close();
        assertThat(node("b", LONG, LONG).cluster().orphans()).containsExactly("asked");
    }

    private static String take(BlockingQueue<String> hints) throws InterruptedException {
        return String.valueOf(hints.poll(30, TimeUnit.SECONDS));
    }

    private static List<String> commands(Cluster cluster) throws JournalException {
        List<String> found = new ArrayList<>();
        cluster.commands("one", (id, json) -> found.add(new String(json, StandardCharsets.UTF_8)));
        return found;
    }

    @Test
    void limitsAndNodesAreCountedTogether() throws Exception {
        Cluster first = node("a", LONG, LONG).cluster();
        Cluster second = node("b", SHORT, LONG).cluster();
        for (String id : List.of("one", "two", "three")) {
            commit(journals.get(0).create(id), entries(1, 1));
        }
        assertThat(first.admit("all", "dead", 2)).isTrue();
        assertThat(first.admit("all", "one", 2)).isTrue();
        assertThat(second.admit("all", "two", 2)).isTrue();
        assertThat(second.admit("all", "three", 2)).isFalse();
        assertThat(second.admit("all", "one", 2)).isTrue();
        first.dismiss("all", "one");
        assertThat(second.admit("all", "three", 2)).isTrue();
        first.heartbeat("10.0.0.1:80");
        second.heartbeat("10.0.0.2:80");
        assertThat(first.nodes()).containsEntry("a", "10.0.0.1:80");
        while (first.nodes().containsKey("b")) {
            Thread.onSpinWait();
        }
        assertThat(first.nodes()).containsOnlyKeys("a");
    }
}
