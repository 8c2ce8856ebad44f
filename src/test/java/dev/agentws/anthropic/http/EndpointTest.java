package dev.agentws.anthropic.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "https://api.anthropic.com, true, api.anthropic.com, 443, /v1/messages, api.anthropic.com",
        "HTTPS://API.example:8443/, true, api.example, 8443, /v1/messages, api.example:8443",
        "https://openrouter.ai/api/, true, openrouter.ai, 443, /api/v1/messages, openrouter.ai",
        "http://[::1]:8080/a%20b, false, ::1, 8080, /a%20b/v1/messages, [::1]:8080",
        "http://h:80/ä, false, h, 80, /%C3%A4/v1/messages, h",
    })
    void aBaseUrlIsTakenApart(URI url, boolean tls, String host, int port, String path, String authority) {
        assertThat(Endpoint.of(url, "/v1/messages")).isEqualTo(new Endpoint(tls, host, port, path, authority));
    }
}
