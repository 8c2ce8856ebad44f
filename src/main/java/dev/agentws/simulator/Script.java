package dev.agentws.simulator;

/** What a simulator says. Called once for every valid call to {@code /v1/messages}. */
@FunctionalInterface
public interface Script {
    /**
     * Answers a call, at once or later and from any thread.
     *
     * <p>Runs on an event loop of the simulator and must not block it.
     */
    void answer(SimulatedCall call);
}
