package dev.agentws.benchmarks.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What all connections of a run have seen. Thread-safe. */
final class Tally {
    private static final long LONGEST = 120_000_000_000L;

    final LongAdder deltas = new LongAdder();
    final LongAdder frames = new LongAdder();
    final LongAdder bytes = new LongAdder();
    /** How often a client found something to read. */
    final LongAdder reads = new LongAdder();
    /** Deltas out of order, twice, damaged, or cut. */
    final LongAdder wrong = new LongAdder();
    /** Frames whose number did not follow that of the frame before. */
    final LongAdder gaps = new LongAdder();

    final LongAdder errors = new LongAdder();
    final Histogram latency = new ConcurrentHistogram(LONGEST, 3);
    final Histogram firstDelta = new ConcurrentHistogram(LONGEST, 3);
    final CountDownLatch streams;
    private final AtomicReference<@Nullable String> firstError = new AtomicReference<>();

    Tally(int streams) {
        this.streams = new CountDownLatch(streams);
    }

    void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.min(Math.max(nanos, 0), LONGEST));
    }

    void error(String what) {
        errors.increment();
        firstError.compareAndSet(null, what);
    }

    /** The first thing that went wrong, or empty. */
    String firstError() {
        String error = firstError.get();
        return error == null ? "" : error;
    }
}
