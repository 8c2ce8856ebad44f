package dev.agentws;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.agentws.agent.AgentSettings;
import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.anthropic.UpstreamConfig;
import dev.agentws.journal.End;
import dev.agentws.journal.files.Durability;
import dev.agentws.journal.files.FileJournalConfig;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The hot path, with everything on, makes no garbage: what the event loop allocates does not grow with the deltas it passes on. */
class DeltaAllocationTest {
    private static final int DELTAS = 20_000;
    private static final String KEY = "sesame";
    /** In one of them, at least, the client keeps up. */
    private static final int TURNS = 5;
    /** What is said waits so long for the journal, as in the program. */
    private static final Duration DELAY = Duration.ofMillis(40);
    /** The most that the length of a piece takes in its record, in bytes. */
    private static final int LENGTH = 8;
    /** The most that a batch allocates besides, in bytes. */
    private static final int BATCH = 8 * 1024;

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

    /**
     * As shipped: clients show a key, and the journal in files gets what was said every 40 ms. A delta still makes no garbage on its way
     * to the client; a batch of the journal is a copy of its text, and little more.
     */
    @ParameterizedTest
    @ValueSource(ints = {8, 1})
    void withKeyAndJournalOnlyTheCopyThatIsWrittenDownIsAllocated(int burst, @TempDir Path directory) throws Exception {
        Path real = directory.toRealPath();
        try (Simulator simulator = Simulator.start(SimulatorConfig.defaults());
                AgentServer server = AgentServer.start(
                        config(simulator, real, false, true).withJournal(journal(real)),
                        token -> CompletableFuture.completedFuture(
                                token.equals(KEY) ? TokenCheck.Verdict.ACCEPTED : TokenCheck.Verdict.REJECTED));
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.address().getPort())) {
            Client client = new Client(socket);
            client.turn(DELTAS, burst, DELTAS, DELTAS);
            client.turn(DELTAS, burst, DELTAS, DELTAS);
            Mark[] marks = client.turn(DELTAS, burst, DELTAS / 4, DELTAS * 3 / 4);
            long text = marks[1].text - marks[0].text;
            long batches = (marks[1].nanos - marks[0].nanos) / DELAY.toNanos() + 2;
            // A record is the text once more, and the length of each piece in it; its buffer may have to grow.
            assertThat(marks[1].allocated - marks[0].allocated)
                    .as("bytes for %d batches with %d bytes of text", batches, text)
                    .isLessThan(text * 5 / 4 + DELTAS / 2 * LENGTH + batches * BATCH);
        }
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
            double each = Double.MAX_VALUE;
            // Where the client falls behind for a moment it is shown batches, which are objects: not the way that is
            // meant.
            for (int turn = 0; turn < TURNS && each >= most; turn++) {
                Mark[] marks = client.turn(DELTAS, burst, DELTAS / 4, DELTAS * 3 / 4);
                each = (double) (marks[1].allocated - marks[0].allocated) / (DELTAS / 2);
            }
            // One byte is kept, not thrown away: the length of the piece, in the session's log. Over HTTP/2, Netty's
            // codec may make a slice
            // for each frame; here that is 8 deltas, or one.
            assertThat(each).as("bytes per delta").isLessThan(most);
        }
    }

    private static JournalSettings journal(Path directory) {
        return new JournalSettings(
                FileJournalConfig.defaults(directory.resolve("books"), Durability.FAST),
                DELAY,
                End.ARCHIVE,
                Duration.ZERO,
                false);
    }

    private static AgentServer server(Simulator simulator, Path directory, boolean http2) throws IOException {
        return AgentServer.start(
                config(simulator, directory, http2, false),
                token -> CompletableFuture.completedFuture(TokenCheck.Verdict.ACCEPTED));
    }

    private static AgentServerConfig config(Simulator simulator, Path directory, boolean http2, boolean key) {
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
        return new AgentServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                1,
                WebSocketConfig.defaults().withAuthEnabled(key),
                agents,
                UpstreamConfig.of(simulator.baseUrl(), "key").withHttp2(http2),
                ToolsConfig.defaults(Map.of(), directory),
                2,
                Duration.ofSeconds(5),
                "test");
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

    /** What the loop had allocated and the client had read, in bytes, and when that was. */
    private record Mark(long allocated, long text, long nanos) {}

    /** Just enough of a WebSocket client to prompt and to read to the end of the turn. */
    private static final class Client {
        private static final String CONTENT = "{\"type\":\"agent_message\",\"content\":\"";

        private final DataInputStream in;
        private final OutputStream out;

        Client(Socket socket) throws IOException {
            in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1 << 16));
            out = socket.getOutputStream();
            out.write(("GET /ws?token=" + KEY + " HTTP/1.1\r\nHost: localhost:" + socket.getPort()
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

        /** Plays a turn; returns how it stood when the client was at these two pieces. */
        Mark[] turn(int deltas, int burst, int first, int second) throws IOException {
            send("{\"type\":\"send_prompt\",\"session_id\":\"s\",\"prompt\":\"[[n=" + deltas + ",burst=" + burst
                    + "]]\"}");
            int pieces = 0;
            long text = 0;
            Mark[] marks = new Mark[2];
            for (String frame = frame(); !frame.contains("\"agent_result\""); frame = frame()) {
                int end = frame.indexOf("\",\"complete\":false");
                if (end > 0) {
                    pieces++;
                    text += end - CONTENT.length();
                }
                if (pieces == first || pieces == second) {
                    marks[pieces == first ? 0 : 1] = new Mark(allocated(), text, System.nanoTime());
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
