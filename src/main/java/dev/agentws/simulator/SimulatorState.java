package dev.agentws.simulator;

import java.time.Clock;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** What all connections of one simulator share. Thread-safe. */
record SimulatorState(
        SimulatorConfig config, Counters counters, PromptCache cache, Clock clock, AtomicInteger requestNumbers) {

    SimulatorState(SimulatorConfig config, Clock clock) {
        this(config, new Counters(), new PromptCache(clock), clock, new AtomicInteger());
    }

    /** A generator for one request, so that loops do not contend for one and equal seeds give equal answers. */
    RandomGenerator randomFor(int requestNumber) {
        return new SplittableRandom(config.seed() * 31 + requestNumber);
    }
}
