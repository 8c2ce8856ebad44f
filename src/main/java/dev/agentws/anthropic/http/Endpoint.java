package dev.agentws.anthropic.http;

import java.net.URI;
import java.util.Locale;

/**
 * The base URL taken apart. Immutable.
 *
 * @param host without brackets, also for an IPv6 literal
 * @param path of the one resource that is asked for, prefix included; plain ASCII
 * @param authority as the {@code host} header has it
 */
public record Endpoint(boolean tls, String host, int port, String path, String authority) {
    /** @param resource what comes after the path of the base URL; starts with a slash */
    public static Endpoint of(URI baseUrl, String resource) {
        boolean tls = "https".equalsIgnoreCase(baseUrl.getScheme());
        String named = baseUrl.getHost().toLowerCase(Locale.ROOT);
        String host = named.startsWith("[") ? named.substring(1, named.length() - 1) : named;
        int usual = tls ? 443 : 80;
        int port = baseUrl.getPort() < 0 ? usual : baseUrl.getPort();
        String prefix = URI.create(baseUrl.toASCIIString()).getRawPath();
        String bare = prefix == null ? "" : prefix;
        while (bare.endsWith("/")) {
            bare = bare.substring(0, bare.length() - 1);
        }
        return new Endpoint(tls, host, port, bare + resource, port == usual ? named : named + ":" + port);
    }
}
