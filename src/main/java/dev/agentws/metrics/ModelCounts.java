package dev.agentws.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the calls of one model took. Thread-safe. */
public final class ModelCounts {
    private static final double NANO_DOLLARS = 1e9;

    public final LongAdder input = new LongAdder();
    public final LongAdder output = new LongAdder();
    public final LongAdder cacheWrite = new LongAdder();
    public final LongAdder cacheRead = new LongAdder();
    private final LongAdder nanoDollars = new LongAdder();

    public void cost(double usd) {
        nanoDollars.add(Math.round(usd * NANO_DOLLARS));
    }

    public double costUsd() {
        return nanoDollars.sum() / NANO_DOLLARS;
    }
}
