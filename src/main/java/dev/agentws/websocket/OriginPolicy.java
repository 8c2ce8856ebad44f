package dev.agentws.websocket;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which web pages may talk to the server. Browsers let any page open a WebSocket to any address, loopback too, and tell only in the
 * {@code Origin} header which page it is; a page may also point its own name at loopback (DNS rebinding), which only {@code Host}
 * shows. Programs that are no browsers send no origin and pass. Immutable.
 */
final class OriginPolicy {
    static final String ANY = "*";

    private final Set<Origin> allowed = new HashSet<>();
    private final Set<String> allowedHosts = new HashSet<>();
    private final boolean any;
    private final boolean loopbackPages;
    private final boolean boundToLoopback;
    private final List<String> schemes;

    /**
     * @param boundToLoopback whether only this machine can reach the server, so that any other name in {@code Host} is a trick
     * @param schemes those that a page of this server's own can have
     */
    OriginPolicy(WebSocketConfig config, boolean boundToLoopback, List<String> schemes) {
        this.schemes = List.copyOf(schemes);
        this.any = config.allowedOrigins().contains(ANY);
        // Without authentication a page of any local program could drive the agent; with it, it would need the key.
        this.loopbackPages = config.authEnabled();
        this.boundToLoopback = boundToLoopback;
        for (String text : config.allowedOrigins()) {
            Origin origin = Origin.parse(text);
            if (origin != null) {
                allowed.add(origin);
                allowedHosts.add(origin.host());
            }
        }
    }

    /** Whether the name by which the server was called is one it goes by. */
    boolean allowsHost(HttpHeaders headers) {
        if (!boundToLoopback || any) {
            return true;
        }
        String host = headers.get(HttpHeaderNames.HOST);
        if (host == null) {
            // Only HTTP/1.0 gets here; no browser speaks it.
            return true;
        }
        Origin called = Origin.parse(schemes.get(0) + "://" + host);
        return called != null && (called.isLoopback() || allowedHosts.contains(called.host()));
    }

    /** Whether the page that opens a WebSocket, if it is a page, may do so. */
    boolean allowsOrigin(HttpHeaders headers) {
        List<String> origins = headers.getAll(HttpHeaderNames.ORIGIN);
        if (origins.isEmpty()) {
            return true;
        }
        Origin origin = origins.size() == 1 ? Origin.parse(origins.get(0)) : null;
        if (origin == null) {
            return false;
        }
        return any
                || allowed.contains(origin)
                || (loopbackPages && origin.isLoopback())
                || isOwn(origin, headers.get(HttpHeaderNames.HOST, ""));
    }

    private boolean isOwn(Origin origin, String host) {
        return schemes.stream().anyMatch(scheme -> origin.equals(Origin.parse(scheme + "://" + host)));
    }
}
