package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginPolicyTest {
    private static final WebSocketConfig CONFIG = WebSocketConfig.defaults();
    private static final WebSocketConfig LISTED = CONFIG.withAllowedOrigins(
            Set.of("https://app.example", "http://dev.example:3000", "chrome-extension://abc"));

    @Test
    void aProgramWithoutOriginPasses() {
        assertThat(policy(CONFIG).allowsOrigin(new DefaultHttpHeaders())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example, true",
        "https://APP.example:443, true",
        "http://dev.example:3000, true",
        "chrome-extension://abc, true",
        "http://app.example, false",
        "https://app.example:8443, false",
        "https://evilapp.example, false",
        "https://app.example.evil, false",
        "https://sub.app.example, false",
        "http://dev.example, false",
        "http://server.lan:8001, true",
        "http://server.lan:8002, false",
        "http://server.lan, false",
        "https://server.lan:8001, false",
        "null, false",
        "'', false",
        "https://app.example/, false",
        "https://app.example@evil, false",
        "'https://app.example https://evil', false",
        "https://app.example:99999, false",
        "file://, false"
    })
    void anOriginMatchesWholly(String origin, boolean allowed) {
        assertThat(policy(LISTED.withAuthEnabled(false)).allowsOrigin(headers("server.lan:8001", origin)))
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:3000",
                "https://localhost",
                "http://127.0.0.1:1",
                "http://127.9.9.9",
                "http://[::1]:5"
            })
    void pagesOfThisMachinePassOnlyWhileAuthenticationIsOn(String origin) {
        assertThat(policy(CONFIG).allowsOrigin(headers("server.lan:8001", origin)))
                .isTrue();
        assertThat(policy(CONFIG.withAuthEnabled(false)).allowsOrigin(headers("server.lan:8001", origin)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost.evil.example",
                "http://evil.localhost",
                "http://127.0.0.1.nip.io",
                "http://128.0.0.1",
                "http://127.1"
            })
    void whatOnlyLooksLikeThisMachineDoesNot(String origin) {
        assertThat(policy(CONFIG).allowsOrigin(headers("server.lan:8001", origin)))
                .isFalse();
    }

    @Test
    void aStarAllowsAnyPageButNullAndSeveralOriginsNone() {
        OriginPolicy any = policy(CONFIG.withAllowedOrigins(Set.of("*")));
        assertThat(any.allowsOrigin(headers("h", "https://anything.example"))).isTrue();
        assertThat(any.allowsOrigin(headers("h", "null"))).isFalse();

        HttpHeaders two = headers("h", "https://a.example").add("Origin", "https://b.example");
        assertThat(any.allowsOrigin(two)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8001, true", "LOCALHOST, true", "127.0.0.1:8001, true", "127.0.0.2, true", "[::1]:8001, true",
        "app.example, true", "evil.example:8001, false", "localhost.evil.example, false", "192.168.1.1, false",
                "'', false",
        "localhost:8001/x, false"
    })
    void aServerOnLoopbackGoesByItsOwnNamesOnly(String host, boolean allowed) {
        assertThat(policy(LISTED).allowsHost(headers(host, "http://localhost"))).isEqualTo(allowed);
    }

    @Test
    void aServerOnANetworkCannotKnowItsNames() {
        assertThat(new OriginPolicy(CONFIG, false, List.of("http")).allowsHost(headers("server.lan", "http://x")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.example",
                "https://app.example/",
                "https://app.example/path",
                "null",
                "*.example",
                "https://*.example"
            })
    void aSettingThatIsNoOriginIsRefused(String origin) {
        assertThatThrownBy(() -> CONFIG.withAllowedOrigins(Set.of(origin)))
                .hasMessage("allowedOrigins: " + origin + " (expected: scheme://host[:port] without a path, or *)");
    }

    /** Which of two pages with the name that the server was called by it lets in. */
    static List<String> allowed(Door door) {
        return Stream.of("http://app.lan", "https://app.lan")
                .filter(origin -> door.origins().allowsOrigin(headers("app.lan", origin)))
                .toList();
    }

    private static OriginPolicy policy(WebSocketConfig config) {
        return new OriginPolicy(config, true, List.of("http"));
    }

    private static HttpHeaders headers(String host, String origin) {
        return new DefaultHttpHeaders().set("Host", host).set("Origin", origin);
    }
}
