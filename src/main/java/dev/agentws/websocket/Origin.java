package dev.agentws.websocket;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A web origin in one spelling: lower case, port spelled out. Immutable.
 *
 * @param scheme such as {@code http}
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 * @param port spelled out where the scheme has a default; -1 for a scheme without one, such as a browser extension's
 */
record Origin(String scheme, String host, int port) {
    private static final Pattern SPELLING =
            Pattern.compile("([a-z][a-z0-9+.-]*)://([a-z0-9._~-]+|\\[[0-9a-f:.]+\\])(?::([0-9]{1,5}))?");

    /** The origin, or null if the text is none ({@code null} of sandboxed pages, a path, user info, white space, ...). */
    static @Nullable Origin parse(String text) {
        Matcher parts = SPELLING.matcher(text.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return null;
        }
        String scheme = parts.group(1);
        int port = parts.group(3) == null ? defaultPort(scheme) : Integer.parseInt(parts.group(3));
        return port > 65535 ? null : new Origin(scheme, parts.group(2), port);
    }

    /** Whether the host is this machine for sure: {@code localhost} or a loopback address, never a name that resolves to one. */
    boolean isLoopback() {
        if (host.equals("localhost")) {
            return true;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static int defaultPort(String scheme) {
        switch (scheme) {
            case "http":
            case "ws":
                return 80;
            case "https":
            case "wss":
                return 443;
            default:
                return -1;
        }
    }
}
