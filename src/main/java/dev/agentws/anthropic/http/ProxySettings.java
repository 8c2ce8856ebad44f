package dev.agentws.anthropic.http;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy through which the upstream is reached by {@code CONNECT}, for https and http base URLs alike. Immutable; {@link
 * #toString()} shows no secret.
 *
 * @param user for basic authentication, or null; goes with {@code password}
 * @param noProxy hosts that are reached directly: a host name, a {@code .suffix} (its subdomains), or {@code *} for all
 */
public record ProxySettings(
        String host,
        int port,
        @Nullable String user,
        @Nullable String password,
        List<String> noProxy) {
    public ProxySettings {
        requireNonNull(host, "host");
        if (host.isEmpty() || host.chars().anyMatch(c -> c <= 0x20 || c >= 0x7F || c == '/' || c == '@')) {
            throw new IllegalArgumentException("proxy.host: " + HttpText.printable(host) + " (expected: a host name)");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("proxy.port: " + port + " (expected: 1 to 65535)");
        }
        if ((user == null) != (password == null)) {
            throw new IllegalArgumentException("proxy.user: (hidden) (expected: user and password, or neither)");
        }
        if (user != null && user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("proxy.user: (hidden) (expected: no colon)");
        }
        noProxy = noProxy.stream()
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    /** Whether {@code target}, a host name or address literal, is reached through this proxy. */
    boolean covers(String target) {
        String name = target.toLowerCase(Locale.ROOT);
        return noProxy.stream()
                .noneMatch(entry ->
                        entry.equals("*") || (entry.startsWith(".") ? name.endsWith(entry) : name.equals(entry)));
    }

    @Override
    public String toString() {
        return "ProxySettings[host=" + host + ", port=" + port + ", user=" + (user == null ? "none" : "(hidden)")
                + ", password=" + (password == null ? "none" : "(hidden)") + ", noProxy=" + noProxy + "]";
    }
}
