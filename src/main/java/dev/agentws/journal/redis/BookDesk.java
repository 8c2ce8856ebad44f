package dev.agentws.journal.redis;

import dev.agentws.journal.Commit;
import dev.agentws.journal.End;
import dev.agentws.journal.Entry;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.PendingBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does for the books what has to do with Redis: sends, sends again, and tells. Thread-safe. */
final class BookDesk {
    private static final Logger LOG = LoggerFactory.getLogger(BookDesk.class);
    private static final long RETRY_MILLIS = 50;

    private final RedisLink link;
    private final RedisJournalConfig config;
    private final PendingBytes pending;
    private final LongSupplier clockMillis;
    private final StreamReader reader;
    private final Consumer<RedisBook> released;
    private final Keeping keeping;
    private volatile boolean closed;

    BookDesk(
            RedisLink link,
            Keeping keeping,
            RedisJournalConfig config,
            PendingBytes pending,
            LongSupplier clockMillis,
            Consumer<RedisBook> released) {
        this.link = link;
        this.keeping = keeping;
        this.config = config;
        this.pending = pending;
        this.clockMillis = clockMillis;
        this.released = released;
        reader = new StreamReader(link);
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    long nanos() {
        return System.nanoTime();
    }

    long cost(List<Entry> batch) {
        return PendingBytes.cost(batch);
    }

    boolean reserve(long cost) {
        return pending.add(cost);
    }

    void later(Runnable task) {
        if (link.loops().isShuttingDown()) {
            task.run();
        } else {
            link.loops().next().execute(task);
        }
    }

    void send(RedisBook book, Flight flight) {
        attempt(book, flight, nanos() + config.patience().toNanos());
    }

    private void attempt(RedisBook book, Flight flight, long deadline) {
        boolean create = book.creates();
        long connect = link.connects();
        Keeping.Said said = keeping.news(book.vouched());
        CompletionStage<List<Object>> appended = link.append(keys(book), arguments(book, flight, create, said));
        appended.thenCompose(answer -> replicated(answer, connect)).whenComplete((answer, thrown) -> {
            if (thrown == null) {
                answered(book, flight, answer, said);
            } else {
                retry(book, flight, deadline, RedisLink.cause(thrown));
            }
        });
    }

    private static List<String> keys(RedisBook book) {
        RedisKeys keys = new RedisKeys(book.sessionId());
        return List.of(keys.meta(), keys.stream(), keys.lease(), keys.channel(), RedisKeys.CURRENT, RedisKeys.BUSY);
    }

    private List<byte[]> arguments(RedisBook book, Flight flight, boolean create, Keeping.@Nullable Said said) {
        List<byte[]> arguments = new ArrayList<>(flight.arguments().size() + 9);
        arguments.add(RedisLink.bytes(book.fence()));
        arguments.add(RedisLink.bytes(Long.toString(flight.from())));
        arguments.add(RedisLink.bytes(create ? "1" : "0"));
        arguments.add(RedisLink.bytes(config.node()));
        arguments.add(leaseMillis());
        arguments.add(RedisLink.bytes(book.sessionId()));
        arguments.add(now());
        arguments.add(RedisLink.bytes(flight.busy() ? "1" : "0"));
        arguments.add(Keeping.argument(said));
        arguments.addAll(flight.arguments());
        return arguments;
    }

    private byte[] now() {
        return RedisLink.bytes(Long.toString(clockMillis.getAsLong()));
    }

    byte[] leaseMillis() {
        return RedisLink.bytes(Long.toString(config.lease().toMillis()));
    }

    /** Waits for the replicas. What WAIT says counts only if it went over the connection of the append. */
    private CompletionStage<List<Object>> replicated(List<Object> answer, long connect) {
        int replicas = config.replicas();
        if (replicas == 0 || !RedisLink.word(answer, 0).equals("ok")) {
            return CompletableFuture.completedFuture(answer);
        }
        long most = config.commandTimeout().toMillis() / 2;
        return link.appends().waitForReplication(replicas, most).thenApply(reached -> {
            if (reached < replicas || link.connects() != connect) {
                throw new IllegalStateException("on " + reached + " replicas (expected: " + replicas + ")");
            }
            return answer;
        });
    }

    private void retry(RedisBook book, Flight flight, long deadline, Throwable cause) {
        if (closed) {
            book.failed(flight, book.closedBook());
        } else if (!RedisLink.isPassing(cause) || nanos() - deadline >= 0) {
            JournalException why = RedisLink.failure("session " + book.sessionId() + ": not written", cause);
            LOG.error("{}; the session takes no more until it is opened again", why.getMessage());
            book.failed(flight, why);
        } else {
            LOG.debug("session {}: sending again", book.sessionId(), cause);
            link.loops().next().schedule(() -> attempt(book, flight, deadline), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void answered(RedisBook book, Flight flight, List<Object> answer, Keeping.@Nullable Said said) {
        String word = RedisLink.word(answer, 0);
        String session = "session " + book.sessionId();
        switch (word) {
            case "ok" -> {
                book.vouchedAs(said);
                book.landed(flight);
            }
            case "exists" ->
                book.failed(flight, new JournalException(Reason.EXISTS, session + ": exists (expected: a new id)"));
            case "fenced" -> book.failed(flight, fenced(book));
            default -> book.failed(flight, lost(book, answer, flight.from()));
        }
    }

    private static JournalException lost(RedisBook book, List<Object> answer, long expected) {
        JournalException why = new JournalException(
                Reason.HISTORY_LOST,
                "session " + book.sessionId() + ": Redis has " + RedisLink.word(answer, 1) + " entries (expected: "
                        + expected + ")");
        LOG.error("{}: committed history is gone", why.getMessage());
        return why;
    }

    /**
     * Says that we are still there, and looks whether the book is, too.
     *
     * @param lost told when it is ours no more
     */
    void renew(RedisBook book, Consumer<String> lost) {
        long asked = nanos();
        long committed = book.entries();
        // While a batch is under way, others may have seen more than we know to be there.
        Keeping.Said said = book.quiet() ? keeping.news(book.vouched()) : null;
        RedisKeys keys = new RedisKeys(book.sessionId());
        List<byte[]> arguments = List.of(
                RedisLink.bytes(book.fence()),
                RedisLink.bytes(config.node()),
                leaseMillis(),
                RedisLink.bytes(Long.toString(committed)),
                Keeping.argument(said));
        link.run(Script.RENEW, List.of(keys.meta(), keys.lease()), arguments).whenComplete((answer, thrown) -> {
            if (thrown == null && RedisLink.word(answer, 0).equals("ok")) {
                book.renewed(asked);
                book.vouchedAs(said);
            } else if (thrown == null && !book.isClosed() && book.failure() == null) {
                boolean fenced = RedisLink.word(answer, 0).equals("fenced");
                book.failed(null, fenced ? fenced(book) : lost(book, answer, committed));
                lost.accept(book.sessionId());
            }
        });
    }

    static JournalException fenced(RedisBook book) {
        return new JournalException(
                Reason.FENCED, "session " + book.sessionId() + ": has another owner (expected: our epoch)");
    }

    void tell(List<Flight.Batch> batches, @Nullable JournalException failure) {
        for (Flight.Batch batch : batches) {
            pending.remove(batch.cost());
            tell(batch.done(), failure);
        }
    }

    private static void tell(Commit done, @Nullable JournalException failure) {
        try {
            done.done(failure);
        } catch (RuntimeException e) {
            LOG.error("a listener of the journal failed", e);
        }
    }

    void read(String sessionId, long afterSeq, StreamId upTo, EntryReader taker) throws JournalException {
        reader.read(sessionId, afterSeq, upTo, taker);
    }

    void summarize(RedisBook book, byte[] summary) {
        RedisKeys keys = new RedisKeys(book.sessionId());
        link.run(
                        Script.SUMMARIZE,
                        List.of(keys.meta(), RedisKeys.CURRENT),
                        List.of(RedisLink.bytes(book.fence()), summary, RedisLink.bytes(book.sessionId()), now()))
                .exceptionally(thrown -> {
                    LOG.warn("session {}: its summary was not stored", book.sessionId(), thrown);
                    return List.of();
                });
    }

    /** Lets the next one have the session. If Redis does not hear of it, the lease runs out by itself. */
    void release(RedisBook book) {
        if (!book.isBorn()) {
            letGo(book);
            return;
        }
        RedisKeys keys = new RedisKeys(book.sessionId());
        link.run(
                        Script.RELEASE,
                        List.of(keys.meta(), keys.lease(), keys.commands(), RedisKeys.BUSY),
                        List.of(
                                RedisLink.bytes(book.fence()),
                                RedisLink.bytes(book.sessionId()),
                                RedisLink.bytes(book.rests() ? "1" : "0")))
                .whenComplete((answer, thrown) -> letGo(book));
    }

    private void letGo(RedisBook book) {
        released.accept(book);
        book.markReleased();
    }

    void end(RedisBook book, End how, Commit done) {
        if (!book.isBorn()) {
            letGo(book);
            later(() -> tell(done, null));
            return;
        }
        ended(book, how).whenComplete((answer, thrown) -> {
            letGo(book);
            JournalException why = null;
            if (thrown != null) {
                why = RedisLink.failure("session " + book.sessionId() + ": not ended", RedisLink.cause(thrown));
            } else if (!RedisLink.word(answer, 0).equals("ok")) {
                why = fenced(book);
            }
            tell(done, why);
        });
    }

    private CompletionStage<List<Object>> ended(RedisBook book, End how) {
        RedisKeys keys = new RedisKeys(book.sessionId());
        byte[] fence = RedisLink.bytes(book.fence());
        byte[] id = RedisLink.bytes(book.sessionId());
        return how == End.DELETE
                ? link.run(
                        Script.DELETE,
                        List.of(
                                keys.meta(),
                                keys.stream(),
                                keys.lease(),
                                keys.commands(),
                                RedisKeys.CURRENT,
                                RedisKeys.BUSY),
                        List.of(fence, id))
                : link.run(
                        Script.ARCHIVE,
                        List.of(keys.meta(), keys.lease(), RedisKeys.CURRENT, RedisKeys.ARCHIVE, RedisKeys.BUSY),
                        List.of(fence, id, archivedSince(book)));
    }

    /** Reading one that had ended keeps it no longer. */
    private byte[] archivedSince(RedisBook book) {
        long before = book.archivedAt();
        return before == 0 ? now() : RedisLink.bytes(Long.toString(before));
    }
}
