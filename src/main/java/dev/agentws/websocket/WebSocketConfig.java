package dev.agentws.websocket;

import java.time.Duration;
import java.util.Set;

/**
 * The settings of the client's side. Immutable; each value is checked here, so that nothing behind has to doubt it.
 *
 * @param authEnabled whether a token is needed
 * @param allowedOrigins origins of web pages that may connect, each {@code scheme://host[:port]}, or {@code *} for any
 * @param flushWindow how long frames are gathered before they leave; 0: to the end of the event loop's round, which is at once
 */
public record WebSocketConfig(
        boolean authEnabled,
        Set<String> allowedOrigins,
        Messages messages,
        Deadlines deadlines,
        Connections connections,
        Rates rates,
        Duration flushWindow) {
    /** Beyond this a person would see text come in jerks. */
    private static final Duration MAX_FLUSH_WINDOW = Duration.ofMillis(100);

    public WebSocketConfig {
        allowedOrigins = Set.copyOf(allowedOrigins);
        if (flushWindow.isNegative() || flushWindow.compareTo(MAX_FLUSH_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "flushWindow: " + flushWindow + " (expected: from 0 to " + MAX_FLUSH_WINDOW.toMillis() + " ms)");
        }
        for (String origin : allowedOrigins) {
            if (!origin.equals(OriginPolicy.ANY) && Origin.parse(origin) == null) {
                throw new IllegalArgumentException(
                        "allowedOrigins: " + origin + " (expected: scheme://host[:port] without a path, or *)");
            }
        }
    }

    /** What a server on loopback needs: authentication on, no web page but its own and local ones. */
    public static WebSocketConfig defaults() {
        return new WebSocketConfig(
                true,
                Set.of(),
                Messages.defaults(),
                Deadlines.defaults(),
                Connections.defaults(),
                Rates.defaults(),
                Duration.ZERO);
    }

    /** The same with authentication on or off. */
    public WebSocketConfig withAuthEnabled(boolean enabled) {
        return new WebSocketConfig(enabled, allowedOrigins, messages, deadlines, connections, rates, flushWindow);
    }

    /** The same with these origins. */
    public WebSocketConfig withAllowedOrigins(Set<String> origins) {
        return new WebSocketConfig(authEnabled, origins, messages, deadlines, connections, rates, flushWindow);
    }

    /** The same with these sizes. */
    public WebSocketConfig withMessages(Messages changed) {
        return new WebSocketConfig(authEnabled, allowedOrigins, changed, deadlines, connections, rates, flushWindow);
    }

    /** The same with frames gathered for this long before they leave. */
    public WebSocketConfig withFlushWindow(Duration window) {
        return new WebSocketConfig(authEnabled, allowedOrigins, messages, deadlines, connections, rates, window);
    }

    /** The same with these times. */
    public WebSocketConfig withDeadlines(Deadlines changed) {
        return new WebSocketConfig(authEnabled, allowedOrigins, messages, changed, connections, rates, flushWindow);
    }

    /** The same with these caps. */
    public WebSocketConfig withConnections(Connections changed) {
        return new WebSocketConfig(authEnabled, allowedOrigins, messages, deadlines, changed, rates, flushWindow);
    }

    /** The same with these rates. */
    public WebSocketConfig withRates(Rates changed) {
        return new WebSocketConfig(authEnabled, allowedOrigins, messages, deadlines, connections, changed, flushWindow);
    }

    /**
     * Sizes of messages.
     *
     * @param maxBytes of one message, in one frame or in many
     * @param maxUnauthenticatedBytes the same before authentication, when only a token has to fit
     * @param maxFragments of one message, plus one for each KiB it has: tiny fragments cost more to handle than they hold, while some
     *     clients cut every large message into pieces of a few KiB
     */
    public record Messages(int maxBytes, int maxUnauthenticatedBytes, int maxFragments) {
        public Messages {
            positive("maxBytes", maxBytes);
            positive("maxUnauthenticatedBytes", maxUnauthenticatedBytes);
            positive("maxFragments", maxFragments);
        }

        /** 16 MiB hold a prompt with several images; 64 KiB hold any token. */
        public static Messages defaults() {
            return new Messages(16 << 20, 64 << 10, 1024);
        }
    }

    /**
     * Times after which a connection is given up. They are kept with a resolution of {@link HeartbeatSweep#INTERVAL}.
     *
     * @param upgrade from the first byte to be expected to a complete HTTP head, however slowly bytes trickle in
     * @param auth from the upgrade to a valid token
     * @param pingInterval between pings
     * @param pong from a ping to any byte of the peer
     * @param close from our close frame to the peer's end of the connection
     */
    public record Deadlines(Duration upgrade, Duration auth, Duration pingInterval, Duration pong, Duration close) {
        public Deadlines {
            positive("upgrade", upgrade);
            positive("auth", auth);
            positive("pingInterval", pingInterval);
            positive("pong", pong);
            positive("close", close);
        }

        /** As documented for clients: 10 s to authenticate, a ping each 30 s, 10 s to answer it. */
        public static Deadlines defaults() {
            return new Deadlines(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5));
        }
    }

    /**
     * How many at once, and what each may hold in the kernel and in the write buffer.
     *
     * @param max upgraded connections; one more is upgraded and closed with 1013, so that a browser sees why
     * @param maxUnauthenticated upgraded connections that owe a token; {@code max + maxUnauthenticated} may be on the way to an upgrade
     * @param sendBufferBytes of the kernel (SO_SNDBUF), 0 to let the kernel decide; bounds what a stalled reader holds
     * @param lowWaterBytes pending bytes below which a connection is writable again
     * @param highWaterBytes pending bytes above which a connection counts as slow
     */
    public record Connections(
            int max, int maxUnauthenticated, int sendBufferBytes, int lowWaterBytes, int highWaterBytes) {
        public Connections {
            positive("max", max);
            positive("maxUnauthenticated", maxUnauthenticated);
            if (sendBufferBytes < 0) {
                throw new IllegalArgumentException("sendBufferBytes: " + sendBufferBytes + " (expected: >= 0)");
            }
            positive("lowWaterBytes", lowWaterBytes);
            if (highWaterBytes < lowWaterBytes) {
                throw new IllegalArgumentException(
                        "highWaterBytes: " + highWaterBytes + " (expected: >= lowWaterBytes " + lowWaterBytes + ")");
            }
        }

        /** Small marks: a stalled reader then holds some 60 KiB here, and slows its own stream early. */
        public static Connections defaults() {
            return new Connections(10_000, 1_000, 64 << 10, 16 << 10, 32 << 10);
        }
    }

    /**
     * How often.
     *
     * @param messages of one connection: messages, pings and unasked pongs together
     * @param prompts of one connection
     * @param failedTokens of one remote address (one /64 of IPv6)
     */
    public record Rates(Rate messages, Rate prompts, Rate failedTokens) {
        /** Far above a client that opens 50 sessions and prompts them all in one go, far below a flood. */
        public static Rates defaults() {
            return new Rates(
                    new Rate(1000, Duration.ofSeconds(5)),
                    new Rate(300, Duration.ofSeconds(10)),
                    new Rate(10, Duration.ofMinutes(1)));
        }
    }

    /**
     * At most {@code limit} in each {@code period}; all of them may come at once.
     *
     * @param limit permits of one period
     * @param period after which there are as many again
     */
    public record Rate(int limit, Duration period) {
        public Rate {
            positive("limit", limit);
            positive("period", period);
        }
    }

    private static void positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
