package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;

import dev.agentws.anthropic.http.HttpText;
import dev.agentws.anthropic.http.ProxySettings;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the model is and how to reach it. Immutable; {@link #toString()} shows no secret.
 *
 * @param baseUrl http or https, with an optional path prefix; {@code /v1/messages} is appended
 * @param apiKey sent as {@code keyHeader} says, or null for none
 * @param authToken sent as {@code authorization: Bearer}, or null for none
 * @param keyHeader the header that carries {@code apiKey}
 * @param customHeaders sent with every request; they replace headers of the same name, except those that frame the message
 * @param connectTimeout for a whole connection: name lookup, TCP, proxy and TLS handshake together
 * @param idleReadTimeout the longest silence of an upstream that has a request and is being read
 * @param maxRetries how often a call is tried again after its first attempt
 * @param maxIdlePerLoop the most idle connections that are kept for one event loop
 * @param idleConnectionLife how long an idle connection is kept
 * @param proxy the HTTP proxy to tunnel through, or null
 * @param http2 whether HTTP/2 is offered to an https host, which may decline; a plain http host is then taken to speak it
 * @param trusted certificates of those who may vouch for an https host, in place of those whom the Java runtime trusts; none for those
 */
public record UpstreamConfig(
        URI baseUrl,
        @Nullable String apiKey,
        @Nullable String authToken,
        KeyHeader keyHeader,
        Map<String, String> customHeaders,
        Duration connectTimeout,
        Duration idleReadTimeout,
        int maxRetries,
        int maxIdlePerLoop,
        Duration idleConnectionLife,
        @Nullable ProxySettings proxy,
        boolean http2,
        List<X509Certificate> trusted) {

    /** The first-party API; takes no path prefix. */
    public static final URI ANTHROPIC = URI.create("https://api.anthropic.com");

    /** Long enough for a slow proxy and a TLS handshake over a bad line. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Pings come every few seconds, so two minutes of silence mean a dead stream and not a thinking model. */
    public static final Duration DEFAULT_IDLE_READ_TIMEOUT = Duration.ofMinutes(2);

    /** As often as Claude Code tries. */
    public static final int DEFAULT_MAX_RETRIES = 10;

    /** Enough for the turns of one loop to overlap, few enough not to hold sockets in the quiet hours. */
    public static final int DEFAULT_MAX_IDLE_PER_LOOP = 32;

    /** Below the idle time after which load balancers commonly drop a connection. */
    public static final Duration DEFAULT_IDLE_CONNECTION_LIFE = Duration.ofSeconds(50);

    /** Headers that say where a message ends or who speaks: a setting must not touch them. */
    private static final Set<String> FRAMING =
            Set.of("connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade");

    /** The two ways in which upstreams expect an API key. */
    public enum KeyHeader {
        /** {@code x-api-key: KEY} */
        X_API_KEY,
        /** {@code authorization: Bearer KEY} */
        BEARER
    }

    public UpstreamConfig {
        requireUrl(requireNonNull(baseUrl, "baseUrl"));
        requireSecret("apiKey", apiKey);
        requireSecret("authToken", authToken);
        requireNonNull(keyHeader, "keyHeader");
        if (apiKey != null && authToken != null && keyHeader == KeyHeader.BEARER) {
            throw new IllegalArgumentException(
                    "authToken: (hidden) (expected: none, because apiKey goes into the same authorization header)");
        }
        customHeaders = checked(customHeaders);
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("idleReadTimeout", idleReadTimeout);
        requireAtLeast("maxRetries", maxRetries, 0);
        requireAtLeast("maxIdlePerLoop", maxIdlePerLoop, 0);
        requirePositive("idleConnectionLife", idleConnectionLife);
        trusted = List.copyOf(trusted);
    }

    /** The same over HTTP/1.1, with the trust of the Java runtime. */
    public UpstreamConfig(
            URI baseUrl,
            @Nullable String apiKey,
            @Nullable String authToken,
            KeyHeader keyHeader,
            Map<String, String> customHeaders,
            Duration connectTimeout,
            Duration idleReadTimeout,
            int maxRetries,
            int maxIdlePerLoop,
            Duration idleConnectionLife,
            @Nullable ProxySettings proxy) {
        this(
                baseUrl,
                apiKey,
                authToken,
                keyHeader,
                customHeaders,
                connectTimeout,
                idleReadTimeout,
                maxRetries,
                maxIdlePerLoop,
                idleConnectionLife,
                proxy,
                false,
                List.of());
    }

    /** A copy that offers HTTP/2 or does not. */
    public UpstreamConfig withHttp2(boolean value) {
        return over(value, trusted);
    }

    /** A copy that trusts these only; none for those whom the Java runtime trusts. */
    public UpstreamConfig withTrusted(List<X509Certificate> value) {
        return over(http2, value);
    }

    private UpstreamConfig over(boolean newHttp2, List<X509Certificate> newTrusted) {
        return new UpstreamConfig(
                baseUrl,
                apiKey,
                authToken,
                keyHeader,
                customHeaders,
                connectTimeout,
                idleReadTimeout,
                maxRetries,
                maxIdlePerLoop,
                idleConnectionLife,
                proxy,
                newHttp2,
                newTrusted);
    }

    /** An upstream with the defaults of this class, an API key in {@code x-api-key}, and no proxy. */
    public static UpstreamConfig of(URI baseUrl, @Nullable String apiKey) {
        return new UpstreamConfig(
                baseUrl,
                apiKey,
                null,
                KeyHeader.X_API_KEY,
                Map.of(),
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_IDLE_READ_TIMEOUT,
                DEFAULT_MAX_RETRIES,
                DEFAULT_MAX_IDLE_PER_LOOP,
                DEFAULT_IDLE_CONNECTION_LIFE,
                null);
    }

    @Override
    public String toString() {
        return "UpstreamConfig[baseUrl=" + baseUrl + ", apiKey=" + (apiKey == null ? "none" : "(hidden)")
                + ", authToken=" + (authToken == null ? "none" : "(hidden)") + ", keyHeader=" + keyHeader
                + ", customHeaders=" + customHeaders.keySet() + ", connectTimeout=" + connectTimeout
                + ", idleReadTimeout=" + idleReadTimeout + ", maxRetries=" + maxRetries + ", maxIdlePerLoop="
                + maxIdlePerLoop + ", idleConnectionLife=" + idleConnectionLife + ", proxy=" + proxy
                + ", http2=" + http2 + ", trusted=" + trusted.size() + "]";
    }

    private static void requireUrl(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getRawUserInfo() != null) {
            throw new IllegalArgumentException("baseUrl: (hidden) (expected: no user name and password in it)");
        }
        boolean known = scheme.equals("https") || scheme.equals("http");
        boolean bare = url.getRawQuery() == null && url.getRawFragment() == null;
        if (!known || url.getHost() == null || !bare || url.getPort() == 0 || url.getPort() > 65535) {
            throw new IllegalArgumentException(
                    "baseUrl: " + url + " (expected: http or https, a host, no query and no fragment)");
        }
    }

    private static void requireSecret(String name, @Nullable String secret) {
        if (secret != null && (secret.isEmpty() || secret.chars().anyMatch(c -> c <= 0x20 || c >= 0x7F))) {
            throw new IllegalArgumentException(name + ": (hidden) (expected: visible ASCII characters, or none)");
        }
    }

    private static Map<String, String> checked(Map<String, String> headers) {
        Map<String, String> copy = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            if (!HttpText.isToken(name) || FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("customHeaders: " + HttpText.printable(name)
                        + " (expected: a header name, none of " + FRAMING + ")");
            }
            if (!HttpText.isFieldValue(value)) {
                throw new IllegalArgumentException(
                        "customHeaders: " + name + ": (hidden) (expected: ASCII without control characters)");
            }
            copy.put(name.toLowerCase(Locale.ROOT), value.strip());
        });
        return Collections.unmodifiableMap(copy);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero, at most a day)");
        }
    }

    private static void requireAtLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
