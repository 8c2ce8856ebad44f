package dev.agentws.websocket;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections there are, by how far they have come. Thread-safe; each {@code try} that succeeds is given back once. */
final class ConnectionCounts {
    private final WebSocketConfig.Connections caps;
    private final AtomicInteger notUpgraded = new AtomicInteger();
    private final AtomicInteger upgraded = new AtomicInteger();
    private final AtomicInteger unauthenticated = new AtomicInteger();

    ConnectionCounts(WebSocketConfig.Connections caps) {
        this.caps = caps;
    }

    /** A bare socket; as many as may be upgraded and some, so that a crowd may connect at once and all are told their fate. */
    boolean tryAccept() {
        return tryAdd(notUpgraded, caps.max() + caps.maxUnauthenticated());
    }

    void leaveAccepted() {
        notUpgraded.decrementAndGet();
    }

    boolean tryUpgrade() {
        return tryAdd(upgraded, caps.max());
    }

    void leaveUpgraded() {
        upgraded.decrementAndGet();
    }

    boolean tryWaitForToken() {
        return tryAdd(unauthenticated, caps.maxUnauthenticated());
    }

    void leaveWaiting() {
        unauthenticated.decrementAndGet();
    }

    int upgraded() {
        return upgraded.get();
    }

    int waitingForToken() {
        return unauthenticated.get();
    }

    int notUpgraded() {
        return notUpgraded.get();
    }

    private static boolean tryAdd(AtomicInteger count, int cap) {
        if (count.incrementAndGet() <= cap) {
            return true;
        }
        count.decrementAndGet();
        return false;
    }
}
