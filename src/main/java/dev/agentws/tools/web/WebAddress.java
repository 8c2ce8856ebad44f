package dev.agentws.tools.web;

import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * The address of a page, read strictly: two readers who understand an address differently are how a check is got around. Immutable.
 *
 * @param host in lower case and ASCII, without a final dot; an IPv6 address without its brackets
 * @param target path and query as they stand in the request
 */
public record WebAddress(String host, int port, String target) {
    private static final int MAX_CHARS = 2_000;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /** Names that mean this machine or its network wherever they are looked up. */
    private static final Set<String> INNER_ENDINGS =
            Set.of("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion");

    /** @param ports those that may be gone to */
    static WebAddress parse(String text, Set<Integer> ports) throws ToolFailure {
        URI uri = uri(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw wrong(text, "a full address that begins with http:// or https://");
        }
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        if (authority.contains("@")) {
            throw wrong(text, "an address without a user name or password");
        }
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = host(text, hasPort ? authority.substring(0, colon) : authority);
        int port = port(text, hasPort ? authority.substring(colon + 1) : "");
        if (!ports.contains(port)) {
            throw wrong(text, "one of the ports " + ports.stream().sorted().toList());
        }
        return new WebAddress(host, port == HTTP ? HTTPS : port, target(uri));
    }

    /** As a person or model would write it. */
    public String text() {
        String shownHost = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return "https://" + shownHost + (port == HTTPS ? "" : ":" + port) + target;
    }

    /** What the request's {@code Host} says. */
    String hostHeader() {
        String shownHost = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == HTTPS ? shownHost : shownHost + ":" + port;
    }

    /** Whether the host is an address and not a name. */
    boolean numeric() {
        return host.indexOf(':') >= 0 || endsInNumber(host);
    }

    private static URI uri(String text) throws ToolFailure {
        if (text.length() > MAX_CHARS) {
            throw new ToolFailure("url: " + text.length() + " chars (expected: at most " + MAX_CHARS + ")");
        }
        try {
            return new URI(text.strip());
        } catch (URISyntaxException failure) {
            throw wrong(text, "a well-formed address");
        }
    }

    private static int port(String text, String port) throws ToolFailure {
        if (port.isEmpty()) {
            return HTTPS;
        }
        if (!port.matches("[0-9]{1,5}")) {
            throw wrong(text, "a port in digits");
        }
        return Integer.parseInt(port);
    }

    private static String host(String text, String given) throws ToolFailure {
        if (given.startsWith("[") && given.endsWith("]")) {
            String inner = given.substring(1, given.length() - 1);
            if (!inner.matches("[0-9A-Fa-f:.]{2,45}")) {
                throw wrong(text, "an IPv6 address without a zone");
            }
            return inner.toLowerCase(Locale.ROOT);
        }
        String host;
        try {
            host = IDN.toASCII(given).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException failure) {
            throw wrong(text, "a host name that can be looked up");
        }
        host = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (!host.matches("[a-z0-9_]([a-z0-9_.-]{0,252})") || host.contains("..")) {
            throw wrong(text, "a host name of letters, digits, hyphens and dots");
        }
        if (endsInNumber(host)) {
            if (!host.matches("((0|[1-9][0-9]{0,2})\\.){3}(0|[1-9][0-9]{0,2})")) {
                throw wrong(text, "an IPv4 address as four plain decimal numbers, or a name");
            }
        } else if (!host.contains(".") || INNER_ENDINGS.contains(host.substring(host.lastIndexOf('.') + 1))) {
            throw wrong(text, "a public host name");
        }
        return host;
    }

    /** Programs take any such host for an IPv4 address, in whatever number system. */
    private static boolean endsInNumber(String host) {
        return host.substring(host.lastIndexOf('.') + 1).matches("[0-9]+|0x[0-9a-f]*");
    }

    private static String target(URI uri) {
        URI ascii = URI.create(uri.toASCIIString());
        String path = ascii.getRawPath() == null || ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
        return ascii.getRawQuery() == null ? path : path + "?" + ascii.getRawQuery();
    }

    private static ToolFailure wrong(String text, String expected) {
        return new ToolFailure("url: " + Shown.line(text, 200) + " (expected: " + expected + ")");
    }
}
