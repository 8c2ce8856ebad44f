package dev.agentws.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the calls of one tool came to. Thread-safe. */
public final class ToolCounts {
    public final LongAdder succeeded = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final Histogram time = new Histogram(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600);
}
