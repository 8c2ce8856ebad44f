package dev.agentws.simulator;

import java.time.Duration;

/** The scripts that come with the simulator. */
public final class Scripts {
    private static final Duration VISIBLE_PACE = Duration.ofMillis(30);

    private Scripts() {}

    /** The small agent for demos: obeys markers and simple wishes, and speaks a few words every 20 to 40 ms. */
    public static Script agent() {
        return agent(VISIBLE_PACE);
    }

    /** The small agent at another pace: the mean time between two pieces of text; zero = no waiting at all. */
    public static Script agent(Duration pace) {
        return new AgentScript(pace);
    }

    /** A script for tests: calls wait in a queue until the test takes and answers them. */
    public static GatedScript gated() {
        return new GatedScript();
    }
}
