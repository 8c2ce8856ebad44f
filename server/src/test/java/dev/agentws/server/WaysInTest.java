package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.uring.IoUring;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole turns with the simulated Claude, over each transport and over TLS; with the native libraries that the program ships. */
final class WaysInTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private @Nullable Running running;

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio", "epoll", "io_uring"})
    void aTurnIsTheSameOverEachTransport(String transport) throws Exception {
        assumeTrue(!transport.equals("epoll") || Epoll.isAvailable(), "no epoll here");
        assumeTrue(!transport.equals("io_uring") || IoUring.isAvailable(), "no io_uring here");
        InetSocketAddress server = start("--transport", transport);

        assertThat(turn(HttpClient.newHttpClient(), "ws://127.0.0.1:" + server.getPort()))
                .contains("\"type\":\"agent_message\"")
                .contains("\"stop_reason\":\"end_turn\"");
    }

    @ParameterizedTest
    @CsvSource({"epoll", "io_uring", "kqueue"})
    void aTransportThatIsNotThereStopsTheStartWithTheReason(String transport) {
        boolean available =
                switch (transport) {
                    case "epoll" -> Epoll.isAvailable();
                    case "io_uring" -> IoUring.isAvailable();
                    default -> KQueue.isAvailable();
                };
        assumeTrue(!available, transport + " is there");

        assertThatThrownBy(() -> start("--transport", transport))
                .isInstanceOf(StartFailure.class)
                .hasMessageStartingWith("transport: " + transport + " (expected: auto or nio on this machine; ")
                .hasMessageContaining(transport + " needs ");
    }

    @Test
    void nothingOfATurnOverTlsIsPlainText() throws Exception {
        assertThat(OpenSsl.isAvailable()).as("the native TLS that is shipped").isTrue();
        X509Bundle certificate = certificate();
        InetSocketAddress server = startTls(certificate);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, certificate.toTrustManagerFactory().getTrustManagers(), null);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting).build();

        String conversation;
        String wire;
        try (Wiretap tap = new Wiretap(server)) {
            conversation = turn(client, "wss://localhost:" + tap.port());
            wire = tap.heard();
        }

        assertThat(conversation).contains("\"type\":\"agent_message\"").contains("\"stop_reason\":\"end_turn\"");
        assertThat(wire.length()).isGreaterThan(conversation.length());
        assertThat(wire).doesNotContain("agent_message", "session_id", "\"type\"", "HTTP/1.1", "sesame");
    }

    @Test
    void theStartSaysSoInTheLines() throws Exception {
        TestRun run = new TestRun(directory);
        List<Path> pem = pem(certificate());

        assertThat(run.run("--tls-cert=" + pem.get(0), "--tls-key=" + pem.get(1), "--unix-socket=" + directory + "/s"))
                .isZero();

        assertThat(run.out().lines())
                .startsWith("listening on https://127.0.0.1:45678", "listening on unix:" + directory + "/s")
                .anyMatch(line -> line.startsWith("terminal: npx wscat -c wss://127.0.0.1:45678/ws "))
                .anyMatch(line -> line.startsWith("browser: https://127.0.0.1:45678/ "));
    }

    @Test
    void aCertificateAndItsKeyGoTogether() throws Exception {
        List<Path> pem = pem(certificate());
        TestRun run = new TestRun(directory);

        assertThat(run.run("--tls-cert=" + pem.get(0))).isEqualTo(2);
        assertThat(run.err())
                .contains("AGENT_SERVER_TLS_KEY: not set (expected: ")
                .hasLineCount(1);
    }

    @Test
    void filesThatAreNotWhatTheyShouldBeStopTheStartInOneLine() throws Exception {
        Path certificate = pem(certificate()).get(0);
        Path text = Files.writeString(directory.resolve("text"), "hello");
        Path other =
                Files.writeString(directory.resolve("other.pem"), certificate().getPrivateKeyPEM());

        assertThatThrownBy(() -> start("--tls-cert", text.toString(), "--tls-key", other.toString()))
                .isInstanceOf(StartFailure.class)
                .hasMessageStartingWith("tls: " + text + " and " + other + " (expected: ")
                .hasMessageContaining("no readable certificate");
        assertThatThrownBy(() -> start("--tls-cert", certificate.toString(), "--tls-key", text.toString()))
                .hasMessageContaining("there is no PKCS #8 key without a password in the second")
                .hasMessageContaining("openssl pkcs8");
        assertThatThrownBy(() -> start("--tls-cert", certificate.toString(), "--tls-key", other.toString()))
                .hasMessageContaining("the key is that of another certificate");
    }

    private InetSocketAddress startTls(X509Bundle certificate) throws Exception {
        List<Path> pem = pem(certificate);
        return start(
                "--tls-cert", pem.get(0).toString(), "--tls-key", pem.get(1).toString());
    }

    /** The settings by the program, the server by the launcher it really has. */
    private InetSocketAddress start(String... flags) throws Exception {
        TestRun run = new TestRun(directory);
        run.environment.put("AGENT_SERVER_PORT", "0");
        run.environment.put("AGENT_SERVER_API_KEY_PATH", "key");
        Files.writeString(directory.resolve("key"), "sesame");
        Settings settings = run.settings(flags);
        Running started = new AgentLauncher(run.surroundings(), directory, "test", System.getProperty("os.arch"))
                .start(settings, Objects.requireNonNull(run.key));
        running = started;
        return started.address();
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .ecp256()
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private List<Path> pem(X509Bundle certificate) throws IOException {
        return List.of(
                Files.writeString(directory.resolve("cert.pem"), certificate.getCertificatePathPEM()),
                Files.writeString(directory.resolve("key.pem"), certificate.getPrivateKeyPEM()));
    }

    /** All frames of one turn. */
    private static String turn(HttpClient client, String base) throws Exception {
        Frames frames = new Frames();
        WebSocket socket = client.newWebSocketBuilder()
                .header("Authorization", "Bearer sesame")
                .buildAsync(URI.create(base + "/ws"), frames)
                .get(10, TimeUnit.SECONDS);
        socket.sendText("{\"type\":\"create_session\",\"session_id\":\"s\"}", true)
                .get(10, TimeUnit.SECONDS);
        StringBuilder all = new StringBuilder();
        frames.until("session_created", all);
        socket.sendText("{\"type\":\"send_prompt\",\"session_id\":\"s\",\"prompt\":\"Hello there\"}", true)
                .get(10, TimeUnit.SECONDS);
        frames.until("agent_result", all);
        socket.abort();
        return all.toString();
    }

    private static final class Frames implements WebSocket.Listener {
        private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        private final StringBuilder part = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                seen.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }

        void until(String type, StringBuilder all) throws InterruptedException {
            String frame = "";
            while (!frame.startsWith("{\"type\":\"" + type)) {
                String next = seen.poll(10, TimeUnit.SECONDS);
                assertThat(next).as("a frame before %s, after %s", type, all).isNotNull();
                frame = String.valueOf(next);
                all.append(frame).append('\n');
            }
        }
    }

    /** Passes one connection on and writes down what goes by, both ways. */
    private static final class Wiretap implements AutoCloseable {
        private final ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Wiretap(InetSocketAddress server) throws IOException {
            background(() -> {
                Socket client = door.accept();
                Socket behind = new Socket(server.getAddress(), server.getPort());
                background(() -> copy(client.getInputStream(), behind.getOutputStream()));
                background(() -> copy(behind.getInputStream(), client.getOutputStream()));
            });
        }

        int port() {
            return door.getLocalPort();
        }

        String heard() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.ISO_8859_1);
            }
        }

        private void copy(InputStream in, OutputStream out) throws IOException {
            byte[] some = new byte[8192];
            try (in;
                    out) {
                for (int n = in.read(some); n >= 0; n = in.read(some)) {
                    synchronized (bytes) {
                        bytes.write(some, 0, n);
                    }
                    out.write(some, 0, n);
                }
            }
        }

        private static void background(Work work) {
            Thread thread = new Thread(work, "wiretap");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }

    /** Ends when a socket does. */
    private interface Work extends Runnable {
        void work() throws IOException;

        @Override
        default void run() {
            try {
                work();
            } catch (IOException e) {
                // The conversation is over.
            }
        }
    }
}
