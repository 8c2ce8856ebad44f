package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.report.Flags;
import java.net.URI;

/** Where a server listens for WebSockets. Immutable. */
record Address(String host, int port, String path) {
    /** The same as text: {@code ws://HOST:PORT/PATH}. */
    static Address of(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new Flags.Misuse("--url: " + url + " (expected: ws://HOST:PORT/PATH)");
        }
        if (!"ws".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() < 1) {
            throw new Flags.Misuse("--url: " + url + " (expected: ws://HOST:PORT/PATH)");
        }
        return new Address(uri.getHost(), uri.getPort(), uri.getPath().isEmpty() ? "/ws" : uri.getPath());
    }

    static Address local(int port) {
        return new Address("127.0.0.1", port, "/ws");
    }
}
