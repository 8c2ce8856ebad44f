package dev.agentws.simulator;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;

/** Hands each call to a waiting test, which then plays the model step by step. Thread-safe. */
public final class GatedScript implements Script {
    /** A queue without locks: an event loop adds to it. */
    private final BlockingQueue<SimulatedCall> calls = new LinkedTransferQueue<>();

    GatedScript() {}

    @Override
    public void answer(SimulatedCall call) {
        calls.add(call);
    }

    /**
     * Blocks the calling thread, never an event loop, until a call is there; calls come out in the order they came in.
     *
     * @throws IllegalStateException when no call comes in time
     */
    public SimulatedCall awaitCall(Duration patience) throws InterruptedException {
        SimulatedCall call = calls.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (call == null) {
            throw new IllegalStateException("calls: 0 (expected: one within " + patience + ")");
        }
        return call;
    }

    /** How many calls wait to be taken. */
    public int waiting() {
        return calls.size();
    }
}
