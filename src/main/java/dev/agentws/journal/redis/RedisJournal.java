package dev.agentws.journal.redis;

import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.JournalException.Reason;
import dev.agentws.journal.Listing;
import dev.agentws.journal.PendingBytes;
import dev.agentws.journal.Pressure;
import dev.agentws.journal.Shelf;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in Redis, for several nodes. A session has one owner, who holds its lease; whoever takes it over raises its epoch, and from
 * then on nothing the old owner still sends is written ({@link Reason#FENCED}).
 *
 * <ul>
 *   <li>Redis away: batches are sent again until {@link RedisJournalConfig#patience} ends; nothing is told as committed meanwhile.
 *   <li>Redis came back with less than was committed: the next append or renewal fails as {@link Reason#HISTORY_LOST}.
 *   <li>It may have, and nobody lives who would know: {@link #open} puts an {@link dev.agentws.journal.Entry#HOLE} behind what is there.
 *   <li>{@link #open} of a session that another node owns fails as {@link Reason#TAKEN} and names the node.
 * </ul>
 *
 * <p>Runs on event loops it is given, without a thread of its own. What a commit is worth is up to Redis' own {@code appendfsync} and to
 * {@link RedisJournalConfig#replicas}.
 */
public final class RedisJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(RedisJournal.class);
    private static final long CLOSE_SECONDS = 5;
    private static final String NOT_KNOWN = "-";
    /** More than a session shows in its life, and so small that a million of them are exact numbers in every client. */
    private static final String HOLE_LENGTH = "1000000000";

    private final RedisJournalConfig config;
    private final RedisLink link;
    private final PendingBytes pending;
    private final BookDesk desk;
    private final Keeping keeping;
    private final SessionDirectory directory;
    private final Supplier<String> words;
    private final Consumer<String> lost;
    private final Map<String, RedisBook> books = new ConcurrentHashMap<>();
    private final Future<?> renewing;
    private final RedisCluster cluster;

    private RedisJournal(
            RedisJournalConfig config,
            RedisLink link,
            LongSupplier clockMillis,
            Supplier<String> words,
            Consumer<String> lost)
            throws JournalException {
        this.config = config;
        this.link = link;
        this.words = words;
        this.lost = lost;
        pending = new PendingBytes(config.pendingBytes());
        keeping = new Keeping(link);
        keeping.await();
        desk = new BookDesk(link, keeping, config, pending, clockMillis, book -> books.remove(book.sessionId(), book));
        directory = new SessionDirectory(link);
        cluster = new RedisCluster(config, link, this::owns, this::leased);
        long every = config.lease().toMillis() / 3;
        renewing = link.loops().next().scheduleWithFixedDelay(this::renew, every, every, TimeUnit.MILLISECONDS);
    }

    /**
     * Connects. Blocks. The loops must outlive the journal and be of the family that Lettuce picks for itself: epoll or kqueue where their
     * native libraries are, NIO elsewhere.
     *
     * @param threads how many event loops there are
     * @param clockMillis milliseconds since 1970
     * @param words a random word at each call, which nobody can guess or draw twice
     * @param lost told, on an event loop, of a session that is ours no more: stop what it does outside
     */
    public static RedisJournal start(
            RedisJournalConfig config,
            EventLoopGroup loops,
            int threads,
            LongSupplier clockMillis,
            Supplier<String> words,
            Consumer<String> lost)
            throws JournalException {
        RedisLink link = RedisLink.connect(config, loops, threads);
        try {
            return new RedisJournal(config, link, clockMillis, words, lost);
        } catch (JournalException e) {
            link.close();
            throw e;
        }
    }

    /** What nodes have to do with each other. */
    public RedisCluster cluster() {
        return cluster;
    }

    @Override
    public Book create(String sessionId) {
        String fence = "1:" + config.node() + ":" + words.get();
        RedisBook book = new RedisBook(sessionId, fence, desk, true, StreamId.NONE, 0);
        if (books.putIfAbsent(sessionId, book) != null) {
            book.failed(
                    null,
                    new JournalException(Reason.EXISTS, "session " + sessionId + ": is open (expected: a new id)"));
        }
        return book;
    }

    @Override
    public Book open(String sessionId) throws JournalException {
        return claim(sessionId, NOT_KNOWN);
    }

    /** We know what was committed, so nothing can be lost without being noticed, and no hole is needed. */
    @Override
    public Book reopen(Book old) throws JournalException {
        RedisBook here = books.get(old.sessionId());
        if (here != null && here == old) {
            // What runs of the session goes on meanwhile, so nobody else may have it.
            here.giveWay();
        }
        RedisBook again = claim(old.sessionId(), Long.toString(old.entries()));
        again.unsure();
        return again;
    }

    private RedisBook claim(String sessionId, String committed) throws JournalException {
        refuseClosed();
        RedisBook here = books.get(sessionId);
        if (here != null) {
            if (!here.isClosed()) {
                throw taken(sessionId, "open in this process");
            }
            // Claiming now would fence what it still has to write.
            link.await(here.released());
        }
        Keeping.Said said = keeping.await();
        long asked = desk.nanos();
        RedisKeys keys = new RedisKeys(sessionId);
        List<Object> answer = link.await(
                Script.CLAIM,
                List.of(keys.meta(), keys.stream(), keys.lease(), RedisKeys.ARCHIVE, RedisKeys.CURRENT, keys.channel()),
                List.of(
                        RedisLink.bytes(config.node()),
                        desk.leaseMillis(),
                        RedisLink.bytes(words.get()),
                        RedisLink.bytes(sessionId),
                        Keeping.argument(said),
                        RedisLink.bytes(committed),
                        RedisLink.bytes(Entry.HOLE),
                        RedisLink.bytes(HOLE_LENGTH)));
        switch (RedisLink.word(answer, 0)) {
            case "none" -> throw new JournalException(Reason.NOT_FOUND, "session " + sessionId + ": not found");
            case "taken" -> throw taken(sessionId, "owned by node " + RedisLink.word(answer, 1));
            case "lost" ->
                throw new JournalException(
                        Reason.HISTORY_LOST,
                        "session " + sessionId + ": its last entry is " + RedisLink.word(answer, 2) + " (expected: "
                                + RedisLink.word(answer, 1) + ")");
            default -> {}
        }
        StreamId last = StreamId.parse(RedisLink.word(answer, 3));
        long entries = Long.parseLong(RedisLink.word(answer, 2));
        RedisBook book = new RedisBook(sessionId, RedisLink.word(answer, 1), desk, false, last, entries);
        book.archivedAt(Long.parseLong(RedisLink.word(answer, 4)));
        book.renewed(asked);
        books.put(sessionId, book);
        return book;
    }

    private static JournalException taken(String sessionId, String by) {
        return new JournalException(Reason.TAKEN, "session " + sessionId + ": " + by + " (expected: no owner)");
    }

    @Override
    public Listing list(Shelf shelf, @Nullable String cursor, int limit) throws JournalException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: at least 1)");
        }
        refuseClosed();
        return directory.list(shelf, cursor, limit);
    }

    private void refuseClosed() throws JournalException {
        if (desk.isClosed()) {
            throw new JournalException(Reason.CLOSED, "the journal is closed");
        }
    }

    @Override
    public Pressure pressure() {
        return pending;
    }

    private boolean owns(String sessionId) {
        RedisBook book = books.get(sessionId);
        return book != null && book.failure() == null && leased(sessionId);
    }

    private boolean leased(String sessionId) {
        RedisBook book = books.get(sessionId);
        return book != null
                && desk.nanos() - book.renewedNanos() < config.certain().toNanos();
    }

    private void renew() {
        keeping.ask().whenComplete((said, thrown) -> {
            for (RedisBook book : books.values()) {
                if (book.isBorn() && !book.isClosed() && book.failure() == null) {
                    desk.renew(book, lost);
                }
            }
        });
    }

    @Override
    public void close() {
        if (desk.isClosed()) {
            return;
        }
        renewing.cancel(false);
        List<RedisBook> open = List.copyOf(books.values());
        open.forEach(RedisBook::close);
        CompletableFuture<?>[] released = open.stream().map(RedisBook::released).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(released).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.error("{} bytes were not written: Redis does not answer", pending.pendingBytes(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        desk.close();
        cluster.close();
        link.close();
    }
}
