package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.metrics.Instruments;
import dev.agentws.websocket.TokenCheck.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The services of a server under test, and embedded connections to it that speak raw bytes. */
final class ServerFixture implements TokenCheck, AgentDirectory {
    static final String KEY = "sesame";
    static final String UPGRADE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    final ManualClock clock = new ManualClock();
    final RecordingHandlers handlers = new RecordingHandlers();
    final AtomicBoolean draining = new AtomicBoolean();
    final AtomicBoolean cutOff = new AtomicBoolean();
    final Map<String, CompletableFuture<Verdict>> slowChecks = new ConcurrentHashMap<>();
    volatile @Nullable String key = KEY;
    volatile PageSource pages = PageSource.NONE;

    private @Nullable ListenerState listener;

    @Override
    public CompletionStage<Verdict> check(String token) {
        CompletableFuture<Verdict> slow = slowChecks.get(token);
        if (slow != null) {
            return slow;
        }
        if (token.equals("broken")) {
            throw new IllegalStateException("the check is broken");
        }
        String current = key;
        if (current == null) {
            return CompletableFuture.completedFuture(Verdict.NO_KEY);
        }
        boolean good = TokenDigest.of(current).matches(token);
        return CompletableFuture.completedFuture(good ? Verdict.ACCEPTED : Verdict.REJECTED);
    }

    @Override
    public CompletionStage<Optional<byte[]>> list(@Nullable String workingDirectory) {
        return CompletableFuture.completedFuture(Optional.of(utf8("[\"" + workingDirectory + "\"]")));
    }

    @Override
    public CompletionStage<Optional<byte[]>> find(String name, @Nullable String workingDirectory) {
        if (name.equals("broken")) {
            return CompletableFuture.failedFuture(new IllegalStateException("a defect"));
        }
        return CompletableFuture.completedFuture(
                name.equals("known") ? Optional.of(utf8("{\"name\":\"known\"}")) : Optional.empty());
    }

    ConnectionServices services() {
        ServerStatus status = new ServerStatus("1.2\"3", () -> 4, draining::get, cutOff::get);
        return new ConnectionServices(
                this, handlers, this, status, (path, html) -> pages.page(path, html), Instruments.unread(), clock);
    }

    ListenerState listener(WebSocketConfig config) {
        ListenerState made = new ListenerState(config, services());
        listener = made;
        return made;
    }

    /** A connection that speaks HTTP. */
    EmbeddedChannel connect(WebSocketConfig config) {
        ListenerState current = listener;
        return new EmbeddedChannel(
                new ClientPipeline(current == null ? listener(config) : current, Door.tcp(config, true, null)));
    }

    /** An upgraded connection; the answer is taken out. */
    EmbeddedChannel upgraded(WebSocketConfig config, String query) {
        EmbeddedChannel channel = connect(config);
        send(channel, upgradeRequest(query));
        String answer = received(channel);
        assertThat(answer).startsWith("HTTP/1.1 101 ");
        return channel;
    }

    /** An upgraded and authenticated connection. */
    EmbeddedChannel authenticated(WebSocketConfig config) {
        EmbeddedChannel channel = connect(config);
        send(channel, upgradeRequest("?token=" + KEY));
        assertThat(received(channel)).endsWith(frame("{\"type\":\"auth_success\"}"));
        return channel;
    }

    HeartbeatSweep sweepOf(EmbeddedChannel channel) {
        ListenerState current = listener;
        return (current == null ? listener(WebSocketConfig.defaults()) : current).sweepOf(channel.eventLoop());
    }

    void sweep(EmbeddedChannel channel) {
        sweepOf(channel).sweep();
        channel.runPendingTasks();
    }

    static String upgradeRequest(String query) {
        return request(
                "GET /ws" + query,
                "Upgrade: websocket",
                "Connection: keep-alive, Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: " + UPGRADE_KEY);
    }

    static String request(String methodAndUri, String... headers) {
        StringBuilder text = new StringBuilder(methodAndUri).append(" HTTP/1.1\r\nHost: localhost:8001\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    static void send(EmbeddedChannel channel, String latin1) {
        send(channel, latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    static void send(EmbeddedChannel channel, byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
        channel.runPendingTasks();
    }

    /** All bytes written so far, one character each. */
    static String received(EmbeddedChannel channel) {
        channel.runPendingTasks();
        StringBuilder text = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            text.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        return text.toString();
    }

    /** A masked frame of a client. */
    static byte[] masked(int firstByte, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(firstByte);
        length(out, payload.length, 0x80);
        byte[] mask = {0x11, 0x22, 0x33, 0x44};
        out.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ mask[i % 4]);
        }
        return out.toByteArray();
    }

    static byte[] text(String json) {
        return masked(0x81, utf8(json));
    }

    /** An unmasked text frame as a server sends it, one character per byte. */
    static String frame(String json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] payload = utf8(json);
        out.write(0x81);
        length(out, payload.length, 0);
        out.writeBytes(payload);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** A close frame as a server sends it. */
    static String closeFrame(int code, String reason) {
        return "\u0088" + (char) (2 + reason.length()) + (char) (code >> 8) + (char) (code & 0xff) + reason;
    }

    static String error(String message, String code, @Nullable String requestType, boolean retryable) {
        return frame("{\"type\":\"error\",\"message\":\"" + message
                + "\",\"session_id\":null,\"details\":null,\"code\":\"" + code
                + "\",\"request_type\":" + (requestType == null ? "null" : "\"" + requestType + "\"")
                + ",\"retryable\":"
                + retryable + "}");
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void length(ByteArrayOutputStream out, int length, int maskBit) {
        if (length < 126) {
            out.write(maskBit | length);
        } else if (length < 65536) {
            out.write(maskBit | 126);
            out.write(length >> 8);
            out.write(length);
        } else {
            out.write(maskBit | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) length >> shift));
            }
        }
    }
}
