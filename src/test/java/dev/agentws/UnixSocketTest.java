package dev.agentws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.agentws.agent.AgentSettings;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.websocket.TokenCheck;
import dev.agentws.websocket.WebSocketConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A whole turn over a Unix domain socket, by every kind of sockets that this machine has. */
final class UnixSocketTest {
    private static final String UPGRADE = """
            GET /ws HTTP/1.1\r
            Host: any name\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r
            """;
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @ParameterizedTest
    @EnumSource(SocketKind.class)
    void aTurnIsPlayedOverAUnixSocketAndItsFileIsGoneAfterwards(SocketKind kind, @TempDir Path directory)
            throws Exception {
        try {
            Sockets.of(kind);
        } catch (StartException e) {
            abort(String.valueOf(e.getMessage()));
        }
        Path real = directory.toRealPath();
        Path path = real.resolve("agentws.sock");
        try (Simulator simulator = Simulator.start(SimulatorConfig.defaults());
                AgentServer server = server(simulator, real, new Listening(ANY, null, path, kind));
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(server.sessions()).isZero();
            write(client, UPGRADE);
            readTo(client, "\r\n\r\n");
            write(client, frame("{\"type\":\"create_session\",\"session_id\":\"s\"}"));
            readTo(client, "session_created");
            write(client, frame("{\"type\":\"send_prompt\",\"session_id\":\"s\",\"prompt\":\"[[n=50,burst=5]]\"}"));
            assertThat(readTo(client, "\"agent_result\"").split("\"complete\":false", -1))
                    .hasSize(51);
        }
        assertThat(path).doesNotExist();
    }

    private static AgentServer server(Simulator simulator, Path directory, Listening listening) throws IOException {
        AgentSettings agents = new AgentSettings(
                "claude-sonnet-5-5",
                null,
                directory,
                List.of(),
                10,
                8,
                Duration.ofHours(1),
                Duration.ofSeconds(60),
                1 << 20,
                "Test",
                PriceTable.published(),
                ContextRules.usual());
        AgentServerConfig config = new AgentServerConfig(
                listening,
                1,
                WebSocketConfig.defaults().withAuthEnabled(false),
                agents,
                UpstreamConfig.of(simulator.baseUrl(), "key"),
                ToolsConfig.defaults(Map.of(), directory),
                2,
                Duration.ofSeconds(5),
                "test",
                OperationsConfig.defaults(),
                null);
        return AgentServer.start(config, token -> CompletableFuture.completedFuture(TokenCheck.Verdict.ACCEPTED));
    }

    /** A client's text frame with a mask of zeros, one character a byte. */
    private static String frame(String json) {
        return "\u0081" + (char) (0x80 | json.length()) + "\0\0\0\0" + json;
    }

    private static void write(SocketChannel client, String latin1) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    /** All that comes until these words have come. */
    private static String readTo(SocketChannel client, String words) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (text.indexOf(words) < 0) {
            assertThat(client.read(bytes.clear())).as("end of %s", text).isPositive();
            text.append(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
        }
        return text.toString();
    }
}
