package dev.agentws.server;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP proxy that upstream connections go through. Immutable.
 *
 * @param host the proxy's host
 * @param port the proxy's port
 * @param credentials {@code user:password} still percent-encoded, or null
 */
public record ProxyAddress(String host, int port, @Nullable Secret credentials) {

    static ValueType<ProxyAddress> type() {
        return new ValueType<>(
                "URL", "an http:// URL such as http://proxy.example.com:3128", (text, place) -> parse(text));
    }

    private static ProxyAddress parse(String text) {
        URI uri = URI.create(text.contains("://") ? text : "http://" + text);
        Values.requireWeb(uri);
        String path = uri.getRawPath();
        boolean bare =
                (path.isEmpty() || path.equals("/")) && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!bare || !"http".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException();
        }
        String userInfo = uri.getRawUserInfo();
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return new ProxyAddress(uri.getHost(), port, userInfo == null ? null : new Secret(userInfo));
    }
}
