package dev.agentws.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.anthropic.UpstreamConfig.KeyHeader;
import dev.agentws.anthropic.http.Endpoint;
import dev.agentws.anthropic.http.ProxySettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamConfigTest {
    private static final URI URL = URI.create("https://h.example");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://h",
                "https:///x",
                "//h",
                "https://h?q",
                "https://h#f",
                "https://h:0",
                "https://h:70000",
                "h"
            })
    void aUrlThatIsNoBaseIsRefused(URI url) {
        assertThatThrownBy(() -> UpstreamConfig.of(url, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("baseUrl: " + url + " (expected: http or https, a host, no query and no fragment)");
    }

    @Test
    void noSecretIsEverShown() {
        UpstreamConfig config = new UpstreamConfig(
                URL,
                "sk-secret",
                "tok-secret",
                KeyHeader.X_API_KEY,
                Map.of("X-Custom", "hdr-secret"),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                0,
                0,
                Duration.ofSeconds(1),
                new ProxySettings("p", 1, "usr-secret", "pwd-secret", List.of()));

        assertThat(config.toString()).doesNotContain("secret").contains("x-custom", "h.example");
        assertThatThrownBy(() -> UpstreamConfig.of(URL, "sec\r\nret"))
                .hasMessage("apiKey: (hidden) (expected: visible ASCII characters, or none)");
        assertThatThrownBy(() -> UpstreamConfig.of(URI.create("https://u:secret@h"), null))
                .hasMessage("baseUrl: (hidden) (expected: no user name and password in it)");
    }

    @Test
    void aHeaderCannotSmuggleAnother() {
        assertThatThrownBy(() -> with(Map.of("a", "b\r\nc: d"), null, null))
                .hasMessage("customHeaders: a: (hidden) (expected: ASCII without control characters)");
        for (String name : List.of("a b", "", "a:", "Content-Length", "Transfer-Encoding", "connection", "a\n")) {
            assertThatThrownBy(() -> with(Map.of(name, "x"), null, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("customHeaders: ");
        }
    }

    @Test
    void limitsThatMakeNoSenseAreRefused() {
        UpstreamConfig good = UpstreamConfig.of(URL, null);
        assertThatThrownBy(() -> new UpstreamConfig(
                        URL,
                        null,
                        null,
                        KeyHeader.BEARER,
                        Map.of(),
                        Duration.ZERO,
                        good.idleReadTimeout(),
                        0,
                        0,
                        good.idleConnectionLife(),
                        null))
                .hasMessage("connectTimeout: PT0S (expected: more than zero, at most a day)");
        assertThatThrownBy(() -> new UpstreamConfig(
                        URL,
                        null,
                        null,
                        KeyHeader.BEARER,
                        Map.of(),
                        good.connectTimeout(),
                        good.idleReadTimeout(),
                        -1,
                        0,
                        good.idleConnectionLife(),
                        null))
                .hasMessage("maxRetries: -1 (expected: at least 0)");
        assertThatThrownBy(() -> new UpstreamConfig(
                        URL,
                        "a",
                        "b",
                        KeyHeader.BEARER,
                        Map.of(),
                        good.connectTimeout(),
                        good.idleReadTimeout(),
                        0,
                        0,
                        good.idleConnectionLife(),
                        null))
                .hasMessageStartingWith("authToken: (hidden)");
    }

    @Test
    void theKeyGoesWhereTheUpstreamExpectsIt() {
        assertThat(request(UpstreamConfig.of(URL, "k")))
                .contains("\r\nx-api-key: k\r\n")
                .doesNotContain("authorization");
        assertThat(request(with(Map.of(), "k", null))).contains("\r\nauthorization: Bearer k\r\n");
        assertThat(request(with(Map.of(), null, "t"))).contains("\r\nauthorization: Bearer t\r\n");
        assertThat(request(with(Map.of(), null, null))).doesNotContain("authorization", "x-api-key");
    }

    @Test
    void aTokenOfTheFirstPartyNeedsItsBeta() {
        assertThat(request(with(Map.of(), null, "sk-ant-oat01-x")))
                .contains("\r\nanthropic-beta: some-beta,oauth-2025-04-20\r\n");
        assertThat(request(with(Map.of(), null, "other"))).contains("\r\nanthropic-beta: some-beta\r\n");
    }

    @Test
    void customHeadersReplaceTheUsualOnes() {
        assertThat(request(with(Map.of("User-Agent", "me", "X-Team", "blue"), null, null)))
                .isEqualTo(String.join(
                        "\r\n",
                        "POST /v1/messages HTTP/1.1",
                        "host: h.example",
                        "content-type: application/json",
                        "accept: application/json",
                        "accept-encoding: identity",
                        "user-agent: me",
                        "anthropic-beta: some-beta",
                        "x-team: blue",
                        "content-length: 12",
                        "",
                        ""));
    }

    private static UpstreamConfig with(Map<String, String> headers, @Nullable String key, @Nullable String token) {
        UpstreamConfig usual = UpstreamConfig.of(URL, null);
        return new UpstreamConfig(
                URL,
                key,
                token,
                KeyHeader.BEARER,
                headers,
                usual.connectTimeout(),
                usual.idleReadTimeout(),
                1,
                1,
                usual.idleConnectionLife(),
                null);
    }

    private static String request(UpstreamConfig config) {
        ByteBuf head = new RequestHead(config, Endpoint.of(config.baseUrl(), AnthropicClient.MESSAGES), "agentws")
                .before(Map.of("anthropic-beta", "some-beta"), Unpooled.wrappedBuffer(new byte[12]))
                .head(UnpooledByteBufAllocator.DEFAULT);
        String text = head.toString(StandardCharsets.US_ASCII);
        head.release();
        return text;
    }
}
