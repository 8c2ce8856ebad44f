package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other ways in: TLS, and a Unix domain socket. */
final class ClientDoorsTest {
    private final ServerFixture server = new ServerFixture();
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private @Nullable ClientListener listener;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @AfterEach
    void stop() throws Exception {
        if (listener != null) {
            close(listener);
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    // ---- TLS

    @Test
    void aClientOverTlsIsServedAndToldGoodbyeInTls() throws Exception {
        X509Bundle certificate = certificate();
        ClientListener here = start(context(certificate), WebSocketConfig.defaults());

        try (SSLSocket socket = connect(certificate, here.address())) {
            socket.getOutputStream()
                    .write(ServerFixture.utf8(ServerFixture.request("GET /health", "Connection: close")));

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("{\"status\":\"healthy\"}");
            // An end without close_notify would have been an exception of the read; and ours still works.
            assertThat(socket.isOutputShutdown()).isFalse();
        }
    }

    @Test
    void aPageOfTheServersOwnHasTheSchemeHttps() throws Exception {
        X509Bundle certificate = certificate();
        ClientListener here = start(context(certificate), WebSocketConfig.defaults());

        assertThat(upgrade(certificate, here, "https://app.lan")).isEqualTo(403);
        assertThat(OriginPolicyTest.allowed(Door.tcp(WebSocketConfig.defaults(), false, context(certificate))))
                .containsExactly("https://app.lan");
        assertThat(OriginPolicyTest.allowed(Door.tcp(WebSocketConfig.defaults(), false, null)))
                .containsExactly("http://app.lan");
    }

    @Test
    void plainTextOnATlsPortIsClosedWithoutAnAnswer() throws Exception {
        ClientListener here = start(context(certificate()), WebSocketConfig.defaults());

        try (RawClient client = new RawClient(here.address())) {
            client.send(ServerFixture.request("GET /health"));
            assertThat(client.rest()).doesNotContain("HTTP").doesNotContain("healthy");
        }
    }

    @Test
    void aHandshakeThatNeverEndsIsCutLikeAHeadThatNeverEnds() throws Exception {
        ClientListener here = start(context(certificate()), WebSocketConfig.defaults());

        try (RawClient client = new RawClient(here.address())) {
            // The head of a record that says 256 bytes follow.
            client.send(new byte[] {0x16, 3, 1, 1, 0});
            boolean ended = false;
            while (!ended) {
                // The connection may not be accepted yet, and then its time has not begun.
                server.clock.advance(Duration.ofSeconds(5));
                ended = client.endedWithin(Duration.ofMillis(600));
            }
            assertThat(ended).isTrue();
        }
    }

    @Test
    void theTlsHandlerStandsFirstBeforeAndAfterTheUpgrade() throws Exception {
        Door door = Door.tcp(WebSocketConfig.defaults(), true, context(certificate()));
        EmbeddedChannel channel =
                new EmbeddedChannel(new ClientPipeline(server.listener(WebSocketConfig.defaults()), door));
        List<String> names = channel.pipeline().names();

        assertThat(names.subList(0, 3)).containsExactly("tls", "httpCodec", "httpRequests");
        channel.finishAndReleaseAll();
    }

    // ---- Unix domain sockets

    @Test
    void aUnixSocketServesWhoeverMayOpenIt() throws Exception {
        Path path = directory.resolve("agentws.sock");
        startUnix(path);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(ask(path, "any name.example")).startsWith("HTTP/1.1 200 ").endsWith("{\"status\":\"healthy\"}");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(path);
        }
    }

    @Test
    void theSocketIsGoneAfterTheClose() throws Exception {
        Path path = directory.resolve("agentws.sock");
        ClientListener here = startUnix(path);

        close(here);

        assertThat(path).doesNotExist();
        assertThatThrownBy(() -> ask(path, "h")).isInstanceOf(IOException.class);
    }

    @Test
    void aSocketThatBelongsToAnotherServerByNowIsLeftToIt() throws Exception {
        Path path = directory.resolve("agentws.sock");
        ClientListener here = startUnix(path);
        Files.delete(path);
        Files.writeString(path, "another's");

        close(here);

        assertThat(path).hasContent("another's");
    }

    @Test
    void aSocketThatNobodyListensOnIsReplaced() throws Exception {
        Path path = directory.resolve("agentws.sock");
        SocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path))
                .close();
        assertThat(path).exists();

        startUnix(path);

        assertThat(ask(path, "h")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whatCannotBeHadIsNamedWithTheReason() throws Exception {
        Path taken = directory.resolve("taken.sock");
        startUnix(taken);
        Path file = Files.writeString(directory.resolve("file"), "mine");

        assertThatThrownBy(() -> UnixSocketFile.claim(taken))
                .hasMessage("unix socket: " + taken + " (expected: a path on which no other program listens)");
        assertThatThrownBy(() -> UnixSocketFile.claim(file)).hasMessageContaining("this is something else");
        assertThatThrownBy(() -> UnixSocketFile.claim(directory.resolve("none/s")))
                .hasMessageContaining("a path in an existing directory");
        assertThatThrownBy(() -> UnixSocketFile.claim(directory.resolve("x".repeat(110))))
                .hasMessageContaining("expected: a path of at most");
        assertThat(file).hasContent("mine");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(taken, file);
        }
    }

    @Test
    void wrongTokensOfAllClientsOfAUnixSocketAreCountedTogether() {
        FailedTokens failed = new FailedTokens(new WebSocketConfig.Rate(2, Duration.ofMinutes(1)), server.clock);
        failed.failed(UnixDomainSocketAddress.of("/tmp/a"));
        failed.failed(UnixDomainSocketAddress.of("/tmp/b"));

        assertThat(failed.allows(UnixDomainSocketAddress.of(""))).isFalse();
        assertThat(failed.allows(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)))
                .isTrue();
    }

    @Test
    void behindAProxyThePageMayHaveEitherScheme() {
        assertThat(OriginPolicyTest.allowed(Door.unix(WebSocketConfig.defaults())))
                .containsExactly("http://app.lan", "https://app.lan");
    }

    // ---- the rest of the stage

    private ClientListener start(@Nullable SslContext tls, WebSocketConfig config) throws IOException {
        ClientListener.Transport transport = new ClientListener.Transport(
                group,
                group,
                NioServerSocketChannel.class,
                tls,
                new ClientListener.UnixSockets(NioServerDomainSocketChannel.class, UnixDomainSocketAddress::of));
        ClientListener started = ClientListener.bind(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), transport, config, server.services());
        listener = started;
        return started;
    }

    private ClientListener startUnix(Path path) throws IOException {
        ClientListener started = start(null, WebSocketConfig.defaults());
        started.bindUnix(path);
        return started;
    }

    private static void close(ClientListener listener) throws Exception {
        listener.close(Duration.ofMillis(1)).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .ecp256()
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static SslContext context(X509Bundle certificate) throws Exception {
        return SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .sslProvider(SslProvider.JDK)
                .build();
    }

    private static SSLSocket connect(X509Bundle certificate, InetSocketAddress address) throws Exception {
        TrustManagerFactory trust = certificate.toTrustManagerFactory();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        Socket plain = new Socket(address.getAddress(), address.getPort());
        plain.setSoTimeout(10_000);
        return (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", address.getPort(), true);
    }

    private static int upgrade(X509Bundle certificate, ClientListener here, String origin) throws Exception {
        try (SSLSocket socket = connect(certificate, here.address())) {
            String request = ServerFixture.upgradeRequest("?token=sesame")
                    .replace("Upgrade: web", "Origin: " + origin + "\r\nUpgrade: web");
            socket.getOutputStream().write(ServerFixture.utf8(request));
            byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 403".length());
            return Integer.parseInt(new String(status, StandardCharsets.US_ASCII).substring(9));
        }
    }

    private static String ask(Path path, String host) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            String request = "GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            client.write(ByteBuffer.wrap(ServerFixture.utf8(request)));
            return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
