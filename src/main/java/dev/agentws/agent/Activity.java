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

    Activity(InstantSource clock) {
        this.clock = clock;
        this.atMs = clock.millis();
    }

    /** Something happens now. */
    void now() {
        atMs = clock.millis();
    }

    /** Something last happened then, in an earlier life. */
    void last(long whenMs) {
        atMs = whenMs;
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
