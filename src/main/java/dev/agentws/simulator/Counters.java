package dev.agentws.simulator;

import java.util.concurrent.atomic.LongAdder;

/** The numbers behind {@link SimulatorStats}. Thread-safe: every loop counts. */
final class Counters {
    private final LongAdder requests = new LongAdder();
    private final LongAdder deltas = new LongAdder();
    private final LongAdder active = new LongAdder();
    private final LongAdder aborted = new LongAdder();

    void request() {
        requests.increment();
    }

    void deltas(long count) {
        deltas.add(count);
    }

    void began() {
        active.increment();
    }

    void ended() {
        active.decrement();
    }

    void aborted() {
        aborted.increment();
    }

    SimulatorStats snapshot() {
        return new SimulatorStats(requests.sum(), deltas.sum(), active.sum(), aborted.sum());
    }
}
