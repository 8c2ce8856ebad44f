package dev.agentws.anthropic.http;

import java.time.Duration;

/**
 * How an HTTP/2 connection is shared. Immutable.
 *
 * @param maxStreams at once on one connection; a peer that allows less gets less
 * @param streamWindow the most bytes that still come on a stream that is paused
 * @param pingAfter the silence of a connection that carries streams after which it is asked for a sign of life
 * @param pingTimeout how long the answer may take
 */
public record SharedRules(int maxStreams, int streamWindow, Duration pingAfter, Duration pingTimeout) {
    /** Windows as large as the least that every peer has anyway; a loss that TCP has not noticed costs at most three quarters of a minute. */
    public static final SharedRules DEFAULT =
            new SharedRules(100, 64 * 1024, Duration.ofSeconds(30), Duration.ofSeconds(15));

    /**
     * What may come on all streams together. Room for every window would do; more leaves room for updates on their way, which are only
     * sent once half is used up.
     */
    int connectionWindow() {
        return (int) Math.min(Integer.MAX_VALUE, 5L * maxStreams * streamWindow / 2);
    }
}
