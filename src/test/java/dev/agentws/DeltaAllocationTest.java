package dev.agentws;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.agentws.agent.AgentSettings;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import dev.agentws.tools.ToolsConfig;
import dev.agentws.websocket.TokenCheck;
import dev.agentws.websocket.WebSocketConfig;
import io.netty.util.ResourceLeakDetector;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hot path, with everything on, makes no garbage: what the event loop allocates does not grow with the deltas it passes on. */
class DeltaAllocationTest {
    private static final int DELTAS = 20_000;

    private final ResourceLeakDetector.Level usual = ResourceLeakDetector.getLevel();

    /** Leak detection allocates for the buffers it samples, and would be measured with the rest. */
    @BeforeEach
    void leakDetectionIsOff() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void leakDetectionIsBack() {
        ResourceLeakDetector.setLevel(usual);
    }

    @ParameterizedTest
    @CsvSource({"false, 8, 1.5", "false, 1, 1.5", "true, 8, 8", "true, 1, 64"})
    void deltasAreWithoutHeapAllocationOnceTheirMessageIsOpen(
            boolean http2, int burst, double most, @TempDir Path directory) throws Exception {
        Path real = directory.toRealPath();
        try (Simulator simulator = Simulator.start(SimulatorConfig.defaults());
                AgentServer server = server(simulator, real, http2);
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.address().getPort())) {
            Client client = new Client(socket);
            client.turn(DELTAS, burst, DELTAS, DELTAS);
            long[] marks = client.turn(DELTAS, burst, DELTAS / 4, DELTAS * 3 / 4);
            double each = (double) (marks[1] - marks[0]) / (DELTAS / 2);
            // One byte is kept, not thrown away: the length of the piece, in the session's log. Over HTTP/2, Netty's
            // codec may make a slice
            // for each frame; here that is 8 deltas, or one.
            assertThat(each).as("bytes per delta").isLessThan(most);
        }
    }

    private static AgentServer server(Simulator simulator, Path directory, boolean http2) throws IOException {
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
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                1,
                WebSocketConfig.defaults().withAuthEnabled(false),
                agents,
                UpstreamConfig.of(simulator.baseUrl(), "key").withHttp2(http2),
                ToolsConfig.defaults(Map.of(), directory),
                2,
                Duration.ofSeconds(5),
                "test");
        return AgentServer.start(config, token -> CompletableFuture.completedFuture(TokenCheck.Verdict.ACCEPTED));
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().equals("agentws-io-0")) {
                return threads.getThreadAllocatedBytes(id);
            }
        }
        throw new AssertionError("no thread agentws-io-0");
    }

    /** Just enough of a WebSocket client to prompt and to read to the end of the turn. */
    private static final class Client {
        private final DataInputStream in;
        private final OutputStream out;

        Client(Socket socket) throws IOException {
            in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1 << 16));
            out = socket.getOutputStream();
            out.write(("GET /ws HTTP/1.1\r\nHost: localhost:" + socket.getPort()
                            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            int matched = 0;
            while (matched < 4) {
                matched = in.readByte() == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
            }
            send("{\"type\":\"create_session\",\"session_id\":\"s\"}");
            while (!frame().contains("session_created")) {}
        }

        /** Plays a turn; returns what the loop had allocated when the client was at these two pieces. */
        long[] turn(int deltas, int burst, int first, int second) throws IOException {
            send("{\"type\":\"send_prompt\",\"session_id\":\"s\",\"prompt\":\"[[n=" + deltas + ",burst=" + burst
                    + "]]\"}");
            int pieces = 0;
            long[] marks = new long[2];
            for (String frame = frame(); !frame.contains("\"agent_result\""); frame = frame()) {
                pieces += frame.contains("\"complete\":false") ? 1 : 0;
                if (pieces == first || pieces == second) {
                    marks[pieces == first ? 0 : 1] = allocated();
                }
            }
            assertThat(pieces).isEqualTo(deltas);
            return marks;
        }

        private void send(String json) throws IOException {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            out.write(0x81);
            out.write(0x80 | bytes.length);
            out.write(new byte[4]);
            out.write(bytes);
        }

        private String frame() throws IOException {
            in.readByte();
            long length = in.readByte() & 0x7f;
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            return new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
        }
    }
}
