package dev.agentws.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How often something took how long, in fixed buckets. Thread-safe, never blocks, makes no garbage. */
public final class Histogram {
    private final double[] boundsSeconds;
    private final long[] boundsNanos;
    private final LongAdder[] counts;
    private final LongAdder totalNanos = new LongAdder();

    /** @param boundsSeconds the upper ends of the buckets, growing; one more bucket takes the rest */
    public Histogram(double... boundsSeconds) {
        this.boundsSeconds = boundsSeconds.clone();
        this.boundsNanos = new long[boundsSeconds.length];
        this.counts = new LongAdder[boundsSeconds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
            if (i < boundsNanos.length) {
                boundsNanos[i] = Math.round(boundsSeconds[i] * TimeUnit.SECONDS.toNanos(1));
            }
        }
    }

    /** Counts one; what is negative counts as nothing, for a clock that was set back. */
    public void record(long nanos) {
        long time = Math.max(0, nanos);
        int bucket = 0;
        while (bucket < boundsNanos.length && time > boundsNanos[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        totalNanos.add(time);
    }

    /** The upper ends of all buckets but the last. */
    public double[] boundsSeconds() {
        return boundsSeconds.clone();
    }

    /** How many are in each bucket, the last for the rest. */
    public long[] counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return now;
    }

    /** How many there are. */
    public long count() {
        long sum = 0;
        for (LongAdder each : counts) {
            sum += each.sum();
        }
        return sum;
    }

    /** All of them together. */
    public double totalSeconds() {
        return totalNanos.sum() / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
