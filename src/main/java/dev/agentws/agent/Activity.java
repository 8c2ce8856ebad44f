package dev.agentws.agent;

import java.time.InstantSource;

/** When something last happened in a session. Written on its loop, read by any thread. */
final class Activity {
    private final InstantSource clock;
    private volatile long atMs;
    private volatile boolean busy;

    /** Something happens now. */
    Activity(InstantSource clock) {
        this.clock = clock;
        this.atMs = clock.millis();
    }

    /** Something happens now. */
    void now() {
        atMs = clock.millis();
    }

    /** Whether a turn is at work or prompts wait: such a session is never idle. */
    void busy(boolean now) {
        busy = now;
    }

    boolean idleSince(long timeMs) {
        return !busy && atMs <= timeMs;
    }

    /** Milliseconds since 1970. */
    long atMs() {
        return atMs;
    }
}
