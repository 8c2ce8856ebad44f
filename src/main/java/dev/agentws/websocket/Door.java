package dev.agentws.websocket;

import io.netty.handler.ssl.SslContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the places where one listener lets clients in. Immutable.
 *
 * @param origins which web pages may come in here
 * @param local whether only this machine, or this user, can reach it
 * @param tls what the connection is wrapped in, or null for plain text
 */
record Door(OriginPolicy origins, boolean local, @Nullable SslContext tls) {

    /** A TCP port. */
    static Door tcp(WebSocketConfig config, boolean boundToLoopback, @Nullable SslContext tls) {
        OriginPolicy origins = new OriginPolicy(config, boundToLoopback, List.of(tls == null ? "http" : "https"));
        return new Door(origins, boundToLoopback, tls);
    }

    /**
     * A Unix domain socket. No browser can open one, so a page that comes in this way was let through by a proxy: under the proxy's
     * name, and with or without the proxy's TLS.
     */
    static Door unix(WebSocketConfig config) {
        return new Door(new OriginPolicy(config, false, List.of("http", "https")), true, null);
    }
}
