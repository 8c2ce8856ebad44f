package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.agentws.agent.model.ModelFailure;
import dev.agentws.anthropic.http.ProxySettings;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The ways to a connection: TLS, the proxy, and what stands in them. */
class AnthropicClientConnectTest {
    private final CallRecorder told = new CallRecorder();

    @Test
    void aCertificateForTheRightNameIsAccepted() throws Exception {
        X509Bundle certificate = certificateFor("localhost");
        try (ScriptedUpstream upstream = tls(certificate);
                ClientRig rig = rig(URI.create("https://localhost:" + upstream.port()), certificate, null)) {
            rig.call(told);
            ScriptedUpstream.Peer peer = upstream.accept();
            String request = peer.request();
            peer.stream().chunk("start\ndone\n").lastChunk();

            told.expect("start", "complete");
            assertThat(request).contains("host: localhost:" + upstream.port());
        }
    }

    @Test
    void aServerThatDoesNotChooseHttp2IsServedOverHttp1() throws Exception {
        X509Bundle certificate = certificateFor("localhost");
        try (ScriptedUpstream upstream = tls(certificate);
                ClientRig rig = new ClientRig(ClientRig.config(URI.create("https://localhost:" + upstream.port()))
                        .withTrusted(List.of(certificate.getCertificate()))
                        .withHttp2(true))) {
            CallRecorder second = new CallRecorder();
            rig.call(told);
            rig.call(second);
            for (CallRecorder listener : List.of(told, second)) {
                ScriptedUpstream.Peer peer = upstream.accept();
                assertThat(peer.request()).startsWith("post /v1/messages http/1.1\r\n");
                peer.stream().chunk("done\n").lastChunk();
                listener.expect("complete");
            }
            assertThat((int) rig.onLoop(() -> rig.client.pool(rig.loop()).idleCount()))
                    .isEqualTo(2);
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefusedAndNotTriedAgain() throws Exception {
        X509Bundle certificate = certificateFor("somebody.example");
        try (ScriptedUpstream upstream = tls(certificate);
                ClientRig rig = rig(URI.create("https://localhost:" + upstream.port()), certificate, null)) {
            rig.call(told);
            CompletableFuture<Void> handshake = CompletableFuture.runAsync(() -> tryHandshake(upstream));

            told.expect("failure CONNECTION");
            handshake.join();
            assertThat(failure().message())
                    .startsWith("no connection to localhost:" + upstream.port() + ": ")
                    .contains("localhost found");
        }
    }

    @Test
    void anUnknownCertificateIsRefused() throws Exception {
        X509Bundle shown = certificateFor("localhost");
        try (ScriptedUpstream upstream = tls(shown);
                ClientRig rig =
                        rig(URI.create("https://localhost:" + upstream.port()), certificateFor("localhost"), null)) {
            rig.call(told);
            CompletableFuture<Void> handshake = CompletableFuture.runAsync(() -> tryHandshake(upstream));

            told.expect("failure CONNECTION");
            handshake.join();
        }
    }

    @Test
    void aProxyIsAskedForATunnelToTheName() throws Exception {
        X509Bundle certificate = certificateFor("api.invalid");
        try (ScriptedUpstream proxy = new ScriptedUpstream();
                ClientRig rig = rig(
                        URI.create("https://api.invalid/x"),
                        certificate,
                        new ProxySettings("127.0.0.1", proxy.port(), "u", "p", List.of()))) {
            rig.call(told);
            ScriptedUpstream.Peer tunnel = proxy.accept();
            String connect = tunnel.request();
            tunnel.send("HTTP/1.1 200 OK\r\n\r\n");
            SSLSocket socket =
                    (SSLSocket) serverContext(certificate).getSocketFactory().createSocket(tunnel.socket(), null, true);
            socket.setUseClientMode(false);
            ScriptedUpstream.Peer peer = new ScriptedUpstream.Peer(socket);
            String request = peer.request();
            peer.stream().chunk("done\n").lastChunk();

            told.expect("complete");
            assertThat(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames())
                    .containsExactly(new SNIHostName("api.invalid"));
            assertThat(connect)
                    .startsWith("connect api.invalid:443 http/1.1\r\n")
                    .contains("proxy-authorization: basic dtpw");
            assertThat(request).startsWith("post /x/v1/messages http/1.1\r\nhost: api.invalid\r\n");
        }
    }

    @Test
    void aPlainUpstreamIsReachedThroughATunnelToo() throws Exception {
        try (ScriptedUpstream proxy = new ScriptedUpstream();
                ClientRig rig = rig(URI.create("http://api.invalid"), null, proxy(proxy, List.of()))) {
            rig.call(told);
            ScriptedUpstream.Peer tunnel = proxy.accept();
            assertThat(tunnel.request()).startsWith("connect api.invalid:80 ");
            tunnel.send("HTTP/1.1 200 OK\r\n\r\n");
            assertThat(tunnel.request()).startsWith("post /v1/messages ").doesNotContain("proxy-authorization");
            tunnel.stream().chunk("done\n").lastChunk();

            told.expect("complete");
        }
    }

    @Test
    void aProxyThatRefusesIsNamedAsTheReason() throws Exception {
        try (ScriptedUpstream proxy = new ScriptedUpstream();
                ClientRig rig = rig(URI.create("https://api.invalid"), certificateFor("x"), proxy(proxy, List.of()))) {
            rig.call(told);
            ScriptedUpstream.Peer tunnel = proxy.accept();
            tunnel.request();
            tunnel.send("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");

            told.expect("retry 1 CONNECTION");
            assertThat(requireNonNull(told.retried).message())
                    .startsWith("no connection to api.invalid:443: ")
                    .contains("407");
        }
    }

    @Test
    void aHostOnTheListIsReachedWithoutTheProxy() {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                ScriptedUpstream proxy = new ScriptedUpstream();
                ClientRig rig = rig(upstream.url(), null, proxy(proxy, List.of("127.0.0.1")))) {
            rig.call(told);
            ScriptedUpstream.Peer peer = upstream.accept();
            assertThat(peer.request()).startsWith("post ");
            peer.stream().chunk("done\n").lastChunk();

            told.expect("complete");
        }
    }

    @Test
    void anUpstreamThatIsNotThereIsTriedAgainAndThenNamed() throws Exception {
        int port = freePort();
        try (ClientRig rig = new ClientRig(
                ClientRig.config(URI.create("http://127.0.0.1:" + port), Duration.ofSeconds(10), 1, null))) {
            rig.call(told);

            told.expect("retry 1 CONNECTION", "failure CONNECTION");
            assertThat(failure().message())
                    .startsWith("no connection to 127.0.0.1:" + port + ": ")
                    .contains("refused");
        }
    }

    @Test
    void aHostThatNobodyKnowsIsSaidToBeUnknown() {
        try (ClientRig rig =
                new ClientRig(ClientRig.config(URI.create("http://api.invalid"), Duration.ofSeconds(10), 0, null))) {
            rig.call(told);

            told.expect("failure CONNECTION");
            assertThat(failure().message()).isEqualTo("no connection to api.invalid:80: unknown host");
        }
    }

    @Test
    void aServerThatNeverShakesHandsRunsIntoTheTimeLimit() throws Exception {
        UpstreamConfig usual = ClientRig.config(URI.create("https://127.0.0.1:1"), Duration.ofSeconds(10), 0, null);
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                ClientRig rig = new ClientRig(new UpstreamConfig(
                        URI.create("https://127.0.0.1:" + upstream.port()),
                        null,
                        null,
                        usual.keyHeader(),
                        usual.customHeaders(),
                        Duration.ofMillis(50),
                        usual.idleReadTimeout(),
                        0,
                        2,
                        usual.idleConnectionLife(),
                        null))) {
            rig.call(told);

            told.expect("failure CONNECTION");
            assertThat(failure().message()).endsWith(": nothing within 50 ms");
        }
    }

    @Test
    void theKernelWatchesOverAnEpollSocketAndHoldsLittleOfIt() {
        assumeTrue(Epoll.isAvailable(), "epoll is only to be had on Linux");
        List<EpollSocketChannel> made = new CopyOnWriteArrayList<>();
        ChannelFactory<EpollSocketChannel> sockets = () -> {
            EpollSocketChannel channel = new EpollSocketChannel();
            made.add(channel);
            return channel;
        };
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Transport transport = new Transport(sockets, Runnable::run, ClientRig.CLOCK, () -> 0);
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                AnthropicClient client = new AnthropicClient(
                        ClientRig.config(upstream.url()),
                        transport,
                        ClientRig.body("{}"),
                        LineReader.counting(new AtomicInteger()))) {
            EventLoop loop = group.next();
            loop.execute(() -> client.stream(ClientRig.REQUEST, told, loop));
            ScriptedUpstream.Peer peer = upstream.accept();
            peer.request();
            peer.stream().chunk("done\n").lastChunk();
            told.expect("complete");

            ChannelConfig config = made.get(0).config();
            assertThat(config.getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(60);
            assertThat(config.getOption(EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(60);
            assertThat(config.getOption(EpollChannelOption.TCP_KEEPCNT)).isEqualTo(5);
            assertThat(config.getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
            assertThat(config.getOption(ChannelOption.TCP_NODELAY)).isTrue();
            // Linux doubles what it is asked for.
            assertThat(config.getOption(ChannelOption.SO_RCVBUF)).isBetween(32 * 1024, 128 * 1024);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private ModelFailure failure() {
        return requireNonNull(told.failure);
    }

    private static ClientRig rig(URI url, @Nullable X509Bundle trusted, @Nullable ProxySettings proxy) {
        UpstreamConfig config = ClientRig.config(url, Duration.ofSeconds(10), 3, proxy);
        return new ClientRig(trusted == null ? config : config.withTrusted(List.of(trusted.getCertificate())));
    }

    private static ProxySettings proxy(ScriptedUpstream proxy, List<String> except) {
        return new ProxySettings("127.0.0.1", proxy.port(), null, null, except);
    }

    private static X509Bundle certificateFor(String name) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .addSanDnsName(name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static SSLContext serverContext(X509Bundle certificate) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
        return context;
    }

    private static ScriptedUpstream tls(X509Bundle certificate) throws Exception {
        return new ScriptedUpstream(
                serverContext(certificate).getServerSocketFactory().createServerSocket());
    }

    /** The server's half of a handshake that is going to fail. */
    private static void tryHandshake(ScriptedUpstream upstream) {
        assertThat(upstream.accept().isClosedByClient()).isTrue();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
