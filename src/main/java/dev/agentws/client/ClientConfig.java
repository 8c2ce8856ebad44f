package dev.agentws.client;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the server is and how patient the client is. Immutable.
 *
 * @param address such as {@code ws://127.0.0.1:8001/ws}
 * @param key what is shown to the server, or null for a server without authentication
 * @param timeout for a connection and for each answer
 * @param firstPause before a lost connection is tried again; it doubles with each failure, up to 10 s
 * @param giveUpAfter how long a lost connection is tried again; zero = never
 * @param silence after which a connection is taken for dead; more than the 30 s between two pings of the server
 */
public record ClientConfig(
        URI address,
        @Nullable String key,
        Duration timeout,
        Duration firstPause,
        Duration giveUpAfter,
        Duration silence) {

    /** Checks the values. */
    public ClientConfig {
        String scheme = address.getScheme();
        if (!("ws".equals(scheme) || "wss".equals(scheme)) || address.getHost() == null) {
            throw new IllegalArgumentException("address: " + address + " (expected: ws://HOST:PORT/ws or wss://...)");
        }
        positive("timeout", timeout);
        positive("firstPause", firstPause);
        positive("silence", silence);
        if (giveUpAfter.isNegative()) {
            throw new IllegalArgumentException("giveUpAfter: " + giveUpAfter + " (expected: not negative)");
        }
    }

    /** The usual patience. */
    public static ClientConfig of(URI address, @Nullable String key) {
        return new ClientConfig(
                address,
                key,
                Duration.ofSeconds(15),
                Duration.ofMillis(250),
                Duration.ofMinutes(5),
                Duration.ofSeconds(45));
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
        }
    }
}
