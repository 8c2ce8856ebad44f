package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.protocol.ClientMessage;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The listener on real sockets, met by a WebSocket client that is not ours and by raw bytes. */
final class ClientListenerTest {
    private static final String REFUSED = "\u0088\u0003\u00f0Authentication required";

    private final ServerFixture server = new ServerFixture();
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private @Nullable ClientListener listener;

    @AfterEach
    void stop() throws Exception {
        if (listener != null) {
            listener.close(Duration.ofMillis(1)).toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void aForeignClientConnectsInAllThreeWays() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());
        HttpClient http = HttpClient.newHttpClient();

        Listening byAddress = new Listening();
        WebSocket first = http.newWebSocketBuilder()
                .buildAsync(uri(address, "?token=sesame"), byAddress)
                .get(10, TimeUnit.SECONDS);
        assertThat(byAddress.next()).isEqualTo("{\"type\":\"auth_success\"}");

        Listening byHeader = new Listening();
        WebSocket second = http.newWebSocketBuilder()
                .header("Authorization", "Bearer sesame")
                .buildAsync(uri(address, ""), byHeader)
                .get(10, TimeUnit.SECONDS);
        assertThat(byHeader.next()).isEqualTo("{\"type\":\"auth_success\"}");

        Listening byMessage = new Listening();
        WebSocket third = http.newWebSocketBuilder()
                .buildAsync(uri(address, ""), byMessage)
                .get(10, TimeUnit.SECONDS);
        third.sendText("{\"type\":\"auth\",\"token\":\"sesame\"}", true).get(10, TimeUnit.SECONDS);
        assertThat(byMessage.next()).isEqualTo("{\"type\":\"auth_success\"}");
        third.sendText("{\"type\":\"list_", false).get(10, TimeUnit.SECONDS);
        third.sendText("sessions\"}", true).get(10, TimeUnit.SECONDS);

        assertThat(server.handlers.messages.poll(10, TimeUnit.SECONDS)).isEqualTo(new ClientMessage.ListSessions(null));
        for (WebSocket socket : new WebSocket[] {first, second, third}) {
            socket.sendClose(1000, "").get(10, TimeUnit.SECONDS);
        }
        assertThat(byMessage.next()).isEqualTo("closed 1000 ");
    }

    @Test
    void aWrongTokenClosesWithTheCodeAndTheText() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());
        Listening client = new Listening();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(uri(address, ""), client)
                .get(10, TimeUnit.SECONDS);

        socket.sendText("{\"type\":\"auth\",\"token\":\"no\"}", true).get(10, TimeUnit.SECONDS);

        assertThat(client.next()).contains("\"code\":\"invalid_token\"");
        assertThat(client.next()).isEqualTo("closed 1008 Authentication required");
    }

    // Sizes are small here because a test JVM traces each access to a buffer.
    @Test
    void aMessageAboveTheLimitIsToldSoWhileTheClientStillSends() throws Exception {
        InetSocketAddress address =
                start(WebSocketConfig.defaults().withMessages(new WebSocketConfig.Messages(50_000, 500, 1024)));
        Listening client = new Listening();
        WebSocket socket = connect(address, client);

        socket.sendText("x".repeat(8 << 20), true);

        assertThat(client.next()).isEqualTo("closed 1009 Message too big");
    }

    @Test
    void aMessageOfTheVeryLimitIsTaken() throws Exception {
        InetSocketAddress address =
                start(WebSocketConfig.defaults().withMessages(new WebSocketConfig.Messages(200_000, 500, 1)));
        WebSocket socket = connect(address, new Listening());
        String head = "{\"type\":\"send_prompt\",\"session_id\":\"s\",\"prompt\":\"";

        socket.sendText(head + "x".repeat(200_000 - head.length() - 2) + "\"}", true)
                .get(10, TimeUnit.SECONDS);

        ClientMessage message = server.handlers.messages.poll(10, TimeUnit.SECONDS);
        assertThat(message).isInstanceOf(ClientMessage.SendPrompt.class);
    }

    @Test
    void foreignOriginsAndNamesAreRefusedBeforeTheUpgrade() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());

        try (RawClient client = new RawClient(address)) {
            client.send(ServerFixture.upgradeRequest("?token=sesame")
                    .replace("Upgrade: web", "Origin: http://evil.example\r\nUpgrade: web"));
            assertThat(client.rest()).startsWith("HTTP/1.1 403 ").endsWith("{\"detail\":\"Origin not allowed\"}");
        }
        try (RawClient client = new RawClient(address)) {
            client.send(ServerFixture.upgradeRequest("?token=sesame").replace("localhost:8001", "rebound.example"));
            assertThat(client.rest()).startsWith("HTTP/1.1 403 ").endsWith("{\"detail\":\"Host not allowed\"}");
        }
        try (RawClient client = new RawClient(address)) {
            client.send(ServerFixture.upgradeRequest("?token=sesame")
                    .replace("Upgrade: web", "Origin: http://localhost:3000\r\nUpgrade: web"));
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void aSilentClientIsToldAndClosed() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());
        try (RawClient client = new RawClient(address)) {
            client.send(ServerFixture.upgradeRequest(""));
            client.send(ServerFixture.masked(0x89, new byte[0]));
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
            assertThat(client.frame()).isEqualTo("\u008a");

            server.clock.advance(Duration.ofSeconds(10));
            assertThat(client.text()).contains("\"code\":\"auth_timeout\"");
            assertThat(client.frame()).isEqualTo(REFUSED);

            // It does not answer the close, so its time runs out again.
            server.clock.advance(Duration.ofSeconds(5));
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void aHeadThatNeverEndsIsCut() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());
        try (RawClient client = new RawClient(address)) {
            client.send(ServerFixture.request("HEAD /health"));
            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
            client.send("GET /ws HTTP/1.1\r\nHost: local");
            server.clock.advance(Duration.ofSeconds(5));
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void aPeerThatDoesNotAnswerPingsIsCut() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());
        try (RawClient client = new RawClient(address)) {
            client.send(ServerFixture.upgradeRequest("?token=sesame"));
            client.head();
            assertThat(client.text()).isEqualTo("{\"type\":\"auth_success\"}");

            server.clock.advance(Duration.ofSeconds(30));
            assertThat(client.frame()).isEqualTo("\u0089");
            // The time for the answer begins when the ping has left, a moment after it was seen here at the latest.
            String next;
            do {
                server.clock.advance(Duration.ofSeconds(10));
                next = client.frameWithin(Duration.ofMillis(600));
            } while (next.isEmpty());
            assertThat(next).isEqualTo("\u0088\u0003\u00f3No answer to ping");
        }
    }

    @Test
    void aConnectionAboveTheCapIsUpgradedAndToldWhy() throws Exception {
        WebSocketConfig config = WebSocketConfig.defaults();
        InetSocketAddress address =
                start(config.withConnections(new WebSocketConfig.Connections(1, 1, 0, 16384, 32768)));
        try (RawClient first = new RawClient(address);
                RawClient second = new RawClient(address)) {
            first.send(ServerFixture.upgradeRequest("?token=sesame"));
            first.head();
            assertThat(first.text()).isEqualTo("{\"type\":\"auth_success\"}");

            second.send(ServerFixture.upgradeRequest("?token=sesame"));
            assertThat(second.head()).startsWith("HTTP/1.1 101 ");
            assertThat(second.frame()).isEqualTo("\u0088\u0003\u00f5Too many connections");
        }
    }

    @Test
    void closingTellsEveryClientAndFreesThePort() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());
        Listening client = new Listening();
        HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(uri(address, "?token=sesame"), client)
                .get(10, TimeUnit.SECONDS);
        assertThat(client.next()).isEqualTo("{\"type\":\"auth_success\"}");
        ClientListener closing = listening();
        assertThat(closing.connections()).isEqualTo(1);

        closing.close(Duration.ofSeconds(5)).toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(client.next()).isEqualTo("closed 1001 Server is shutting down");
        assertThat(closing.connections()).isZero();
        assertThat(server.handlers.opened.get(0).closed).isEqualTo(1);
        assertThatThrownBy(() -> new RawClient(address)).isInstanceOf(IOException.class);
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());

        assertThatThrownBy(() -> bind(address, WebSocketConfig.defaults()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot listen on " + address.getHostString() + ":" + address.getPort() + ": ")
                .hasMessageContaining("in use");
    }

    @Test
    void plainHttpIsAnsweredToAForeignClient() throws Exception {
        InetSocketAddress address = start(WebSocketConfig.defaults());
        HttpClient http = HttpClient.newHttpClient();
        URI uri = URI.create("http://127.0.0.1:" + address.getPort() + "/");

        HttpResponse<String> root =
                http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> agents = http.send(
                HttpRequest.newBuilder(uri.resolve("/agents"))
                        .header("Authorization", "Bearer sesame")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> body = http.send(
                HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1 << 20]))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(root.body()).startsWith("{\"status\":\"ok\",\"service\":\"Claude Agent Server\"");
        assertThat(agents.body()).isEqualTo("[\"null\"]");
        assertThat(body.statusCode()).isEqualTo(405);
    }

    @Test
    @EnabledIf("hasEpoll")
    void theEpollTransportBehavesAlike() throws Exception {
        EventLoopGroup epoll = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ClientListener.Transport transport = new ClientListener.Transport(epoll, epoll, EpollServerSocketChannel.class);
        ClientListener here = ClientListener.bind(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                transport,
                WebSocketConfig.defaults(),
                server.services());
        try (RawClient client = new RawClient(here.address())) {
            client.send(ServerFixture.upgradeRequest("?token=sesame"));
            client.head();
            assertThat(client.text()).isEqualTo("{\"type\":\"auth_success\"}");

            client.send(ServerFixture.masked(0x83, new byte[100_000]));
            assertThat(client.frame()).isEqualTo("\u0088\u0003\u00eaProtocol error");
            assertThat(client.ended()).isTrue();
        } finally {
            here.close(Duration.ofMillis(1)).toCompletableFuture().get(10, TimeUnit.SECONDS);
            epoll.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    static boolean hasEpoll() {
        return Epoll.isAvailable();
    }

    private InetSocketAddress start(WebSocketConfig config) throws IOException {
        ClientListener started = bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), config);
        listener = started;
        return started.address();
    }

    private ClientListener bind(InetSocketAddress address, WebSocketConfig config) throws IOException {
        ClientListener.Transport transport = new ClientListener.Transport(group, group, NioServerSocketChannel.class);
        return ClientListener.bind(address, transport, config, server.services());
    }

    private ClientListener listening() {
        ClientListener current = listener;
        if (current == null) {
            throw new IllegalStateException("listener: null (expected: started)");
        }
        return current;
    }

    private static WebSocket connect(InetSocketAddress address, Listening client) throws Exception {
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(uri(address, "?token=sesame"), client)
                .get(10, TimeUnit.SECONDS);
        assertThat(client.next()).isEqualTo("{\"type\":\"auth_success\"}");
        return socket;
    }

    private static URI uri(InetSocketAddress address, String query) {
        return URI.create("ws://127.0.0.1:" + address.getPort() + "/ws" + query);
    }

    private static final class Listening implements WebSocket.Listener {
        private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();

        String next() throws InterruptedException {
            String next = seen.poll(10, TimeUnit.SECONDS);
            return next == null ? "nothing within 10 s" : next;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                seen.add(partial.toString());
                partial.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            seen.add("closed " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            seen.add("error " + error);
        }
    }
}
