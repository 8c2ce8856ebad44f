package dev.agentws.simulator;

import dev.agentws.simulator.agent.AgentScript;
import dev.agentws.simulator.api.PromptCache;
import dev.agentws.simulator.wire.AnswerWriter;
import dev.agentws.simulator.wire.ReceivedRequest;
import dev.agentws.simulator.wire.Reply;
import dev.agentws.simulator.wire.ReplyHead;
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

    ReplyHead head(String requestId, boolean keepAlive) {
        return new ReplyHead(clock, config.announce(), requestId, keepAlive);
    }

    AnswerWriter writer(ReceivedRequest request, Reply reply) {
        return new AnswerWriter(
                request,
                reply,
                cache,
                config.padding(),
                new AnswerWriter.Told(counters::deltas, AgentScript::summaryOf));
    }

    /** A generator for one request, so that loops do not contend for one and equal seeds give equal answers. */
    RandomGenerator randomFor(int requestNumber) {
        return new SplittableRandom(config.seed() * 31 + requestNumber);
    }
}
