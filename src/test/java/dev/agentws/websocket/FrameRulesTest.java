package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.protocol.ClientMessage;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 on raw bytes: what a peer may not send, and the code that goes out on the wire for it. */
final class FrameRulesTest {
    private static final byte[] HELLO = ServerFixture.utf8("hello");
    private static final String PING = "{\"type\":\"ping\",\"timestamp\":\"\u00e4\u20ac\"}";

    private final ServerFixture server = new ServerFixture();
    private final WebSocketConfig config =
            WebSocketConfig.defaults().withMessages(new WebSocketConfig.Messages(1000, 500, 4));

    static Stream<Arguments> violations() {
        return Stream.of(
                violation("RSV1", 1002, ServerFixture.masked(0xC1, HELLO)),
                violation("RSV2", 1002, ServerFixture.masked(0xA1, HELLO)),
                violation("RSV3", 1002, ServerFixture.masked(0x91, HELLO)),
                violation("RSV on a ping", 1002, ServerFixture.masked(0xC9, HELLO)),
                violation("opcode 3", 1002, ServerFixture.masked(0x83, HELLO)),
                violation("opcode 7", 1002, ServerFixture.masked(0x87, HELLO)),
                violation("opcode 11", 1002, ServerFixture.masked(0x8B, HELLO)),
                violation("opcode 15", 1002, ServerFixture.masked(0x8F, HELLO)),
                violation("unmasked", 1002, new byte[] {(byte) 0x81, 2, 'h', 'i'}),
                violation("fragmented ping", 1002, ServerFixture.masked(0x09, HELLO)),
                violation("fragmented close", 1002, ServerFixture.masked(0x08, new byte[] {3, (byte) 0xE8})),
                violation("ping of 126 bytes", 1002, ServerFixture.masked(0x89, new byte[126])),
                violation("continuation of nothing", 1002, ServerFixture.masked(0x80, HELLO)),
                violation(
                        "text inside a fragmented message",
                        1002,
                        joined(ServerFixture.masked(0x01, HELLO), ServerFixture.masked(0x81, HELLO))),
                violation("close payload of one byte", 1002, ServerFixture.masked(0x88, new byte[] {3})),
                violation("close code 999", 1002, close(999)),
                violation("close code 1004", 1002, close(1004)),
                violation("close code 1005", 1002, close(1005)),
                violation("close code 1006", 1002, close(1006)),
                violation("close code 1015", 1002, close(1015)),
                violation("close code 2999", 1002, close(2999)),
                violation("close code 5000", 1002, close(5000)),
                violation("close reason that is not UTF-8", 1007, ServerFixture.masked(0x88, new byte[] {
                    3, (byte) 0xE8, (byte) 0xC3
                })),
                violation("text that is not UTF-8", 1007, ServerFixture.masked(0x81, new byte[] {'a', (byte) 0xFF})),
                violation("overlong UTF-8", 1007, ServerFixture.masked(0x81, new byte[] {(byte) 0xC0, (byte) 0xAF})),
                violation("a surrogate in UTF-8", 1007, ServerFixture.masked(0x81, new byte[] {
                    (byte) 0xED, (byte) 0xA0, (byte) 0x80
                })),
                violation("UTF-8 that is cut", 1007, ServerFixture.masked(0x81, new byte[] {(byte) 0xE2, (byte) 0x82})),
                violation(
                        "bad UTF-8 split over fragments",
                        1007,
                        joined(
                                ServerFixture.masked(0x01, new byte[] {(byte) 0xE2, (byte) 0x82}),
                                ServerFixture.masked(0x80, new byte[] {(byte) 0x28}))),
                violation("a frame above the limit", 1009, ServerFixture.masked(0x81, new byte[1001])),
                violation("a length of 64 bits", 1009, new byte[] {
                    (byte) 0x81, (byte) 0xFF, 0x7F, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0
                }),
                violation(
                        "fragments above the limit",
                        1009,
                        joined(ServerFixture.masked(0x01, spaces(600)), ServerFixture.masked(0x80, spaces(401)))),
                violation(
                        "too many fragments",
                        1008,
                        joined(
                                ServerFixture.masked(0x01, HELLO),
                                ServerFixture.masked(0x00, HELLO),
                                ServerFixture.masked(0x00, HELLO),
                                ServerFixture.masked(0x00, HELLO),
                                ServerFixture.masked(0x00, HELLO))),
                violation("a binary message", 1003, ServerFixture.masked(0x82, HELLO)),
                violation("the first fragment of a binary message", 1003, ServerFixture.masked(0x02, HELLO)),
                violation(
                        "a binary message in fragments, all at once",
                        1003,
                        joined(ServerFixture.masked(0x02, HELLO), ServerFixture.masked(0x80, HELLO))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void aViolationIsAnsweredWithItsCloseCode(String name, int code, byte[] bytes) {
        EmbeddedChannel channel = server.authenticated(config);

        ServerFixture.send(channel, bytes);
        String answer = ServerFixture.received(channel);

        assertThat(answer).startsWith("\u0088");
        assertThat((answer.charAt(2) << 8) + answer.charAt(3)).isEqualTo(code);
        if (channel.isOpen()) {
            ServerFixture.send(channel, ServerFixture.text("{\"type\":\"list_sessions\"}"));
            assertThat(ServerFixture.received(channel)).isEmpty();
        }
        assertThat(server.handlers.messages).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void aViolationIsSeenByteByByteToo(String name, int code, byte[] bytes) {
        EmbeddedChannel channel = server.authenticated(config);

        for (int i = 0; i < bytes.length && channel.isOpen(); i++) {
            ServerFixture.send(channel, new byte[] {bytes[i]});
        }
        String answer = ServerFixture.received(channel);

        assertThat((answer.charAt(2) << 8) + answer.charAt(3)).isEqualTo(code);
        assertThat(channel.finish()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999})
    void aCloseIsAnsweredWithItsCode(int code) {
        EmbeddedChannel channel = server.authenticated(config);

        ServerFixture.send(channel, close(code));

        assertThat(ServerFixture.received(channel)).isEqualTo(ServerFixture.closeFrame(code, ""));
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aCloseWithoutCodeIsAnsweredWithoutCode() {
        EmbeddedChannel channel = server.authenticated(config);

        ServerFixture.send(channel, ServerFixture.masked(0x88, new byte[0]));

        assertThat(ServerFixture.received(channel)).isEqualTo("\u0088\u0000");
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void nothingIsReadAfterThePeersClose() {
        EmbeddedChannel channel = server.authenticated(config);

        ServerFixture.send(channel, joined(close(1000), ServerFixture.text("{\"type\":\"list_sessions\"}")));

        assertThat(server.handlers.messages).isEmpty();
        ServerFixture.received(channel);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aMessageInFragmentsWithAPingBetweenIsOneMessage() {
        EmbeddedChannel channel = server.authenticated(config);
        byte[] json = ServerFixture.utf8(PING);
        // The cut goes through the middle of a character.
        int cut = json.length - 4;

        ServerFixture.send(
                channel,
                joined(
                        ServerFixture.masked(0x01, Arrays.copyOfRange(json, 0, cut)),
                        ServerFixture.masked(0x89, HELLO),
                        ServerFixture.masked(0x00, new byte[0]),
                        ServerFixture.masked(0x80, Arrays.copyOfRange(json, cut, json.length))));

        assertThat(ServerFixture.received(channel))
                .isEqualTo("\u008a\u0005hello"
                        + ServerFixture.frame("{\"type\":\"pong\",\"timestamp\":\"\u00e4\u20ac\"}"));
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aLargeMessageMayHaveMoreFragmentsThanASmallOne() {
        EmbeddedChannel channel =
                server.authenticated(config.withMessages(new WebSocketConfig.Messages(100_000, 500, 4)));

        ServerFixture.send(channel, ServerFixture.masked(0x01, ServerFixture.utf8("{\"type\":\"list_sessions\"")));
        for (int i = 0; i < 20; i++) {
            ServerFixture.send(channel, ServerFixture.masked(0x00, spaces(1024)));
        }
        ServerFixture.send(channel, ServerFixture.masked(0x80, ServerFixture.utf8("}")));

        assertThat(server.handlers.messages).containsExactly(new ClientMessage.ListSessions(null));
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void anUnfinishedMessageIsFreedWithItsConnection() {
        EmbeddedChannel channel = server.authenticated(config);

        ServerFixture.send(channel, ServerFixture.masked(0x01, HELLO));

        assertThat(channel.finish()).isFalse();
    }

    @Test
    void anUnaskedPongIsIgnored() {
        EmbeddedChannel channel = server.authenticated(config);

        ServerFixture.send(
                channel, joined(ServerFixture.masked(0x8A, HELLO), ServerFixture.text("{\"type\":\"list_sessions\"}")));

        assertThat(server.handlers.messages).containsExactly(new ClientMessage.ListSessions(null));
        assertThat(ServerFixture.received(channel)).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    private static Arguments violation(String name, int code, byte[] bytes) {
        return Arguments.of(name, code, bytes);
    }

    private static byte[] close(int code) {
        return ServerFixture.masked(0x88, new byte[] {(byte) (code >> 8), (byte) code});
    }

    private static byte[] spaces(int count) {
        return ServerFixture.utf8(" ".repeat(count));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
