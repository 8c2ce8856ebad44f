package dev.agentws.agent;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * When something last happened in a session, and whether anybody is on the way to it with more. Written on its loop, read by any thread;
 * who comes says so on any thread.
 */
final class Activity {
    private static final int SHUT = -1;

    private final InstantSource clock;
    private volatile long atMs;
    private volatile boolean busy;
    private final AtomicInteger coming = new AtomicInteger();

    /** @param atMs when something last happened, milliseconds since 1970 */
    Activity(InstantSource clock, long atMs) {
        this.clock = clock;
        this.atMs = atMs;
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

    /** Somebody comes; false when the door is shut. */
    boolean enter() {
        return coming.updateAndGet(count -> count == SHUT ? SHUT : count + 1) != SHUT;
    }

    /** Whoever came has done what they wanted. */
    void leave() {
        coming.decrementAndGet();
    }

    /** Shuts the door for good, unless somebody comes. */
    boolean shut() {
        return coming.compareAndSet(0, SHUT);
    }
}
