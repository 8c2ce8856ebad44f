package dev.agentws.simulator;

import io.netty.handler.ssl.SslContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Simulator} runs. Immutable.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 = any free one
 * @param script what answers valid calls
 * @param padding whether data lines carry 0 to 15 spaces before their last brace, as those of the real API do
 * @param announce whether each response carries {@code x-simulator: agentws}; off where a test compares bytes
 * @param seed what padding and ids are drawn from: equal seeds give equal bytes
 * @param ssl when given, only HTTPS is spoken; HTTP/2 if it agrees on that by ALPN
 * @param threads event loop threads, at least 1
 */
public record SimulatorConfig(
        String host,
        int port,
        Script script,
        boolean padding,
        boolean announce,
        long seed,
        @Nullable SslContext ssl,
        int threads) {

    /** Checks each setting. */
    public SimulatorConfig {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(script, "script");
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
        }
    }

    /** Loopback, any port, the default agent, padding and announcement on, one thread: a demo, as like the API as can be. */
    public static SimulatorConfig defaults() {
        return new SimulatorConfig("127.0.0.1", 0, Scripts.agent(), true, true, 1, null, 1);
    }

    /** Returns a copy that listens on this address. */
    public SimulatorConfig withHost(String value) {
        return new SimulatorConfig(value, port, script, padding, announce, seed, ssl, threads);
    }

    /** Returns a copy that listens on this port; 0 = any free one. */
    public SimulatorConfig withPort(int value) {
        return new SimulatorConfig(host, value, script, padding, announce, seed, ssl, threads);
    }

    /** Returns a copy answered by this script. */
    public SimulatorConfig withScript(Script value) {
        return new SimulatorConfig(host, port, value, padding, announce, seed, ssl, threads);
    }

    /** Returns a copy with the padding of data lines on or off. */
    public SimulatorConfig withPadding(boolean value) {
        return new SimulatorConfig(host, port, script, value, announce, seed, ssl, threads);
    }

    /** Returns a copy with the {@code x-simulator} header on or off. */
    public SimulatorConfig withAnnounce(boolean value) {
        return new SimulatorConfig(host, port, script, padding, value, seed, ssl, threads);
    }

    /** Returns a copy that draws padding and ids from this seed. */
    public SimulatorConfig withSeed(long value) {
        return new SimulatorConfig(host, port, script, padding, announce, value, ssl, threads);
    }

    /** Returns a copy that speaks HTTPS, or plain HTTP when null. */
    public SimulatorConfig withSsl(@Nullable SslContext value) {
        return new SimulatorConfig(host, port, script, padding, announce, seed, value, threads);
    }

    /** Returns a copy with this many event loop threads. */
    public SimulatorConfig withThreads(int value) {
        return new SimulatorConfig(host, port, script, padding, announce, seed, ssl, value);
    }
}
