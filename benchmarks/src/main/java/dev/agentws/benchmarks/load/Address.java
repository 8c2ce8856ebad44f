package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.report.Flags;
import java.net.URI;

/**
 * Where a server listens. Immutable.
 *
 * @param path of the WebSocket
 * @param webSocket false for one that speaks only the HTTP of the API
 */
record Address(String host, int port, String path, boolean webSocket) {
    /** The same as text: {@code ws://HOST:PORT/PATH}, or {@code http://HOST:PORT} for the API itself. */
    static Address of(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw misuse(url);
        }
        boolean webSocket = "ws".equals(uri.getScheme());
        if ((!webSocket && !"http".equals(uri.getScheme())) || uri.getHost() == null || uri.getPort() < 1) {
            throw misuse(url);
        }
        return new Address(uri.getHost(), uri.getPort(), uri.getPath().isEmpty() ? "/ws" : uri.getPath(), webSocket);
    }

    private static Flags.Misuse misuse(String url) {
        return new Flags.Misuse("--url: " + url + " (expected: ws://HOST:PORT/PATH, or http://HOST:PORT)");
    }

    static Address local(int port, boolean webSocket) {
        return new Address("127.0.0.1", port, "/ws", webSocket);
    }

    /** Whether such a load can be played there: without WebSocket there are no sessions that wait or share a connection. */
    boolean takes(Scenario scenario) {
        return webSocket || (scenario.sessions() == 1 && scenario.mode() != Scenario.Mode.IDLE);
    }
}
