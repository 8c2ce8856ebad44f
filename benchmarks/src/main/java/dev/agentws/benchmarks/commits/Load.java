package dev.agentws.benchmarks.commits;

import dev.agentws.journal.Book;
import dev.agentws.journal.Commit;
import dev.agentws.journal.Entry;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One thread that hands over batches to some books in turn, and has so many of them underway at once. For one thread; commits come on threads of the journal.
 */
final class Load {
    /** What a session hands over at a time when its model is quick: two deltas of every 20 ms. */
    private static final int BATCH = 2;

    private static final byte[] RECORD = ("{\"first\":1,\"kind\":\"text\",\"message_id\":\"msg_0123456789abcdef\","
                    + "\"sizes\":[24],\"content\":\"twenty-four bytes of it \"}")
            .getBytes(StandardCharsets.US_ASCII);

    private final Journal journal;
    private final List<Book> books = new ArrayList<>();
    private final Semaphore window;
    private final int underway;
    private final LongAdder committed = new LongAdder();
    private final AtomicReference<@Nullable JournalException> failure = new AtomicReference<>();
    private final long[] waits = new long[1 << 18];
    private int waited;
    private long seq;

    /** What one stretch of time came to. */
    record Outcome(double recordsPerSecond, double medianMs, double p99Ms) {}

    /** @param underway the most batches at a time, over all books */
    Load(Journal journal, String name, int count, int underway) {
        this.journal = journal;
        this.underway = underway;
        window = new Semaphore(underway);
        for (int i = 0; i < count; i++) {
            books.add(journal.create(name + "-" + i));
        }
    }

    /** Keeps the journal busy for so long, waits for the rest, and says what was committed. */
    Outcome run(long nanos) throws InterruptedException, JournalException {
        committed.reset();
        waited = 0;
        long begin = System.nanoTime();
        long now = begin;
        while (now - begin < nanos) {
            for (Book book : books) {
                window.acquire();
                book.append(batch(), timed(System.nanoTime()));
            }
            now = System.nanoTime();
        }
        window.acquire(underway);
        long took = System.nanoTime() - begin;
        window.release(underway);
        JournalException why = failure.get();
        if (why != null) {
            throw why;
        }
        return outcome(took);
    }

    private List<Entry> batch() {
        List<Entry> batch = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            batch.add(new Entry(seq, "pieces", RECORD));
        }
        seq++;
        return batch;
    }

    private Commit timed(long since) {
        return why -> {
            if (why != null) {
                failure.compareAndSet(null, why);
            }
            committed.add(BATCH);
            waited(System.nanoTime() - since);
            window.release();
        };
    }

    /** Redis tells on several threads. */
    private synchronized void waited(long nanos) {
        if (waited < waits.length) {
            waits[waited++] = nanos;
        }
    }

    private synchronized Outcome outcome(long took) {
        Arrays.sort(waits, 0, waited);
        return new Outcome(committed.sum() * 1e9 / took, millis(0.5), millis(0.99));
    }

    private double millis(double share) {
        return waits[(int) (share * (waited - 1))] / 1e6;
    }

    /** Lets go of the books, and waits until the journal has. */
    void close() throws JournalException {
        books.forEach(Book::close);
        for (Book book : books) {
            journal.open(book.sessionId()).close();
        }
    }
}
