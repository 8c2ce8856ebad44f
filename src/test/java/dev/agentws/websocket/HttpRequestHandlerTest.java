package dev.agentws.websocket;

import static dev.agentws.websocket.ServerFixture.received;
import static dev.agentws.websocket.ServerFixture.request;
import static dev.agentws.websocket.ServerFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.websocket.TokenCheck.Verdict;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpRequestHandlerTest {
    private final ServerFixture server = new ServerFixture();
    private final WebSocketConfig config = WebSocketConfig.defaults();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void nothingIsLeft() {
        assertThat(channel.finish()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / | 200 OK | {\"status\":\"ok\",\"service\":\"Claude Agent Server\",\"version\":\"1.2\\\"3\",\"sessions\":4}",
                "GET /health | 200 OK | {\"status\":\"healthy\"}",
                "GET /ready | 200 OK | {\"status\":\"ready\"}",
                "GET /nothing | 404 Not Found | {\"detail\":\"Not Found\"}",
                "GET /health/ | 404 Not Found | {\"detail\":\"Not Found\"}",
                "GET /wsx | 404 Not Found | {\"detail\":\"Not Found\"}",
                "POST / | 405 Method Not Allowed | {\"detail\":\"Method Not Allowed\"}",
                "DELETE /agents | 405 Method Not Allowed | {\"detail\":\"Method Not Allowed\"}",
                "POST /ws | 405 Method Not Allowed | {\"detail\":\"Method Not Allowed\"}",
                "POST /nothing | 404 Not Found | {\"detail\":\"Not Found\"}",
                "GET /ws | 426 Upgrade Required | {\"detail\":\"WebSocket upgrade required\"}",
                "GET /agents | 401 Unauthorized | {\"detail\":\"Authentication required\"}",
                "GET /agents?token=old | 401 Unauthorized | {\"detail\":\"Authentication required\"}",
                "GET /agents?token=sesame&working_directory=%2Ftmp | 200 OK | [\"/tmp\"]",
                "GET /agents/known?token=sesame | 200 OK | {\"name\":\"known\"}",
                "GET /agents/other?token=sesame | 404 Not Found | {\"detail\":\"Not Found\"}",
                "GET /agents/?token=sesame | 404 Not Found | {\"detail\":\"Not Found\"}",
                "GET /agents/a%2Fb?token=sesame | 404 Not Found | {\"detail\":\"Not Found\"}",
                "GET /agents/broken?token=sesame | 500 Internal Server Error | {\"detail\":\"Internal Server Error\"}",
                "GET /a%zz | 400 Bad Request | {\"detail\":\"Bad Request\"}"
            })
    void aRouteAnswers(String request, String status, String body) {
        channel = server.connect(config);

        send(channel, request(request));

        assertThat(received(channel)).startsWith("HTTP/1.1 " + status + "\r\n").endsWith("\r\n\r\n" + body);
    }

    @Test
    void aDrainingServerIsNotReady() {
        server.draining.set(true);
        channel = server.connect(config);

        send(channel, request("GET /ready"));

        assertThat(received(channel)).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void aServerThatDoesNotReachItsStoreIsNotReady() {
        server.cutOff.set(true);
        channel = server.connect(config);

        send(channel, request("GET /ready"));

        assertThat(received(channel)).startsWith("HTTP/1.1 503 ").endsWith("{\"status\":\"cut_off\"}");
    }

    @Test
    void whatIsAllowedIsNamedAndTheConnectionStays() {
        channel = server.connect(config);

        send(channel, request("POST /"));
        assertThat(received(channel)).contains("\r\nallow: GET, HEAD\r\n").doesNotContain("connection: close");
        send(channel, request("POST /ws"));
        assertThat(received(channel)).contains("\r\nallow: GET\r\n");
    }

    @Test
    void anUpgradeIsAskedForWithTheVersionThatIsSpoken() {
        channel = server.connect(config);

        send(channel, request("GET /ws"));

        assertThat(received(channel)).contains("\r\nupgrade: websocket\r\n", "\r\nsec-websocket-version: 13\r\n");
    }

    @Test
    void headIsGetWithoutABody() {
        channel = server.connect(config);

        send(channel, request("HEAD /health"));

        assertThat(received(channel)).contains("content-length: 20").endsWith("\r\n\r\n");
    }

    @Test
    void theConnectionIsKeptUnlessTheClientWantsItClosed() {
        channel = server.connect(config);
        send(channel, request("GET /health") + request("GET /ready"));
        assertThat(received(channel)).contains("healthy", "{\"status\":\"ready\"}");
        assertThat(channel.isOpen()).isTrue();

        send(channel, request("GET /health", "Connection: close"));
        assertThat(received(channel)).contains("connection: close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBrowserGetsThePageIfThereIsOne() {
        server.pages = (path, html) -> CompletableFuture.completedFuture(
                html && path.equals("/")
                        ? Optional.of(new PageSource.Page("text/html; charset=utf-8", ServerFixture.utf8("<p>")))
                        : Optional.empty());
        channel = server.connect(config);

        send(channel, request("GET /", "Accept: text/html,*/*"));
        assertThat(received(channel))
                .contains("content-type: text/html; charset=utf-8")
                .endsWith("<p>");
        send(channel, request("GET /", "Accept: application/json"));
        assertThat(received(channel)).contains("content-type: application/json");
    }

    @Test
    void aPathThatTheServerDoesNotKnowMayBeAPage() {
        server.pages = (path, html) -> CompletableFuture.completedFuture(
                path.equals("/metrics")
                        ? Optional.of(new PageSource.Page("text/plain", ServerFixture.utf8("up 1")))
                        : Optional.empty());
        channel = server.connect(config);

        send(channel, request("GET /metrics"));

        assertThat(received(channel)).endsWith("\r\n\r\nup 1");
    }

    @Test
    void aPageMayTakeItsTimeAndMayFail() {
        CompletableFuture<Optional<PageSource.Page>> page = new CompletableFuture<>();
        server.pages = (path, html) -> page;
        channel = server.connect(config);

        send(channel, request("GET /page"));
        assertThat(received(channel)).isEmpty();
        page.completeExceptionally(new IllegalStateException("lost"));

        assertThat(received(channel)).startsWith("HTTP/1.1 500 ").doesNotContain("lost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "none | none | 200 OK | plain",
                "gzip, deflate, br | none | 200 OK | packed",
                "deflate,gzip | none | 200 OK | packed",
                "gzip;q=0 | none | 200 OK | plain",
                "gzip | \"a\", W/\"tag\" | 304 Not Modified | ''",
                "none | W/\"other\" | 200 OK | plain"
            })
    void aPageComesInTheFormThatTheClientTakesAndOnlyIfItIsNew(
            String accepted, String has, String status, String body) {
        PageSource.Page both = new PageSource.Page(
                "text/plain",
                ServerFixture.utf8("plain"),
                ServerFixture.utf8("packed"),
                Map.of("etag", "W/\"tag\"", "cache-control", "no-cache"));
        server.pages = (path, html) -> CompletableFuture.completedFuture(Optional.of(both));
        channel = server.connect(config);

        send(
                channel,
                request(
                        "GET /page",
                        accepted == null ? "X: y" : "Accept-Encoding: " + accepted,
                        has == null ? "Z: y" : "If-None-Match: " + has));

        assertThat(received(channel))
                .startsWith("HTTP/1.1 " + status + "\r\n")
                .contains("etag: W/\"tag\"", "cache-control: no-cache", "vary: accept-encoding")
                .endsWith("\r\n\r\n" + body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 3\\r\\n\\r\\nabc | 413",
                "GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n0\\r\\n\\r\\n | 413",
                "POST /health HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 3\\r\\n\\r\\nabc | 405",
                "GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: x\\r\\n\\r\\n | 400",
                "GET /health HTTP/1.1\\r\\nHost localhost\\r\\n\\r\\n | 400",
                "nonsense\\r\\n\\r\\n | 400",
                "GET /health HTTP/1.1\\r\\n\\r\\n | 400",
                "GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nHost: evil\\r\\n\\r\\n | 400",
                "GET /health HTTP/1.1\\r\\nHost: evil.example\\r\\n\\r\\n | 403",
                "GET /ws HTTP/1.1\\r\\nHost: localhost.evil.example\\r\\n\\r\\n | 403"
            })
    void aRequestThatIsWrongIsAnsweredAndTheConnectionClosed(String request, int status) {
        channel = server.connect(config);

        send(channel, request.replace("\\r\\n", "\r\n"));

        assertThat(received(channel)).startsWith("HTTP/1.1 " + status + " ").contains("connection: close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aLineThatIsTooLongIs414AndHeadersThatAreTooLongAre431() {
        channel = server.connect(config);
        send(channel, request("GET /" + "x".repeat(5000)));
        assertThat(received(channel)).startsWith("HTTP/1.1 414 ");

        EmbeddedChannel other = server.connect(config);
        send(other, request("GET /", "X: " + "x".repeat(9000)));
        assertThat(received(other)).startsWith("HTTP/1.1 431 ");
        assertThat(other.finish()).isFalse();
    }

    @Test
    void anHttp10RequestIsAnsweredAndTheConnectionClosed() {
        channel = server.connect(config);

        send(channel, "GET /health HTTP/1.0\r\n\r\n");

        assertThat(received(channel)).contains("healthy");
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 8|426",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Key: short|400",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|X: y|400",
                "Connection: keep-alive, Upgrade|Connection: keep-alive|400",
                "HTTP/1.1|HTTP/1.0|400"
            })
    void aMalformedUpgradeIsRefused(String change) {
        String[] parts = change.split("\\|");
        channel = server.connect(config);

        send(channel, ServerFixture.upgradeRequest("").replace(parts[0], parts[1]));

        assertThat(received(channel)).startsWith("HTTP/1.1 " + parts[2] + " ");
    }

    @Test
    void aForeignOriginGets403BeforeTheUpgrade() {
        channel = server.connect(config);

        send(
                channel,
                ServerFixture.upgradeRequest("?token=sesame")
                        .replace("Upgrade: web", "Origin: http://evil.example\r\nUpgrade: web"));

        assertThat(received(channel)).startsWith("HTTP/1.1 403 ").endsWith("{\"detail\":\"Origin not allowed\"}");
        assertThat(server.handlers.opened).isEmpty();
    }

    @Test
    void agentsTakeTheTokenOfTheHeader() {
        channel = server.connect(config);

        send(channel, request("GET /agents", "Authorization: bearer sesame"));

        assertThat(received(channel)).endsWith("[\"null\"]");
    }

    @Test
    void agentsAreOpenWithAuthenticationOffAndShutWithoutAKey() {
        channel = server.connect(config);
        server.key = null;
        send(channel, request("GET /agents?token=sesame"));
        assertThat(received(channel)).startsWith("HTTP/1.1 503 ").contains("no API key");

        ServerFixture open = new ServerFixture();
        EmbeddedChannel other = open.connect(config.withAuthEnabled(false));
        send(other, request("GET /agents"));
        assertThat(received(other)).startsWith("HTTP/1.1 200 ");
        assertThat(other.finish()).isFalse();
    }

    @Test
    void tokensAreNotTriedAtWillByHttpEither() {
        channel = server.connect(config.withRates(new WebSocketConfig.Rates(
                config.rates().messages(),
                config.rates().prompts(),
                new WebSocketConfig.Rate(1, Duration.ofMinutes(1)))));

        send(channel, request("GET /agents?token=old"));
        send(channel, request("GET /agents?token=older"));
        assertThat(received(channel)).contains("HTTP/1.1 401 ", "HTTP/1.1 429 ", "retry-after: 60");

        send(channel, request("GET /agents?token=sesame"));
        assertThat(received(channel)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aRequestBehindASlowOneIsLeftToTheNextConnection() {
        CompletableFuture<Verdict> check = new CompletableFuture<>();
        server.slowChecks.put("slow", check);
        channel = server.connect(config);

        send(channel, request("GET /agents?token=slow") + request("GET /health"));
        assertThat(received(channel)).isEmpty();
        check.complete(Verdict.ACCEPTED);

        assertThat(received(channel))
                .startsWith("HTTP/1.1 200 ")
                .contains("connection: close")
                .endsWith("[\"null\"]");
        assertThat(channel.isOpen()).isFalse();
    }
}
