package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes come, in whatever pieces: no crash, no leak, and either an answer or a close frame. */
final class FrameFuzzTest {
    private static final int ROUNDS = 1500;

    private final ServerFixture server = new ServerFixture();
    private final WebSocketConfig config = WebSocketConfig.defaults();

    @Test
    void aValidConversationIsUnderstoodHoweverItIsCut() {
        Random random = new Random(7);
        byte[] bytes = conversation();
        for (int round = 0; round < 200; round++) {
            EmbeddedChannel channel = server.authenticated(config);
            server.handlers.messages.clear();
            inPieces(channel, bytes, random);

            assertThat(server.handlers.messages).hasSize(2);
            assertThat(ServerFixture.received(channel))
                    .isEqualTo("\u008a\u0002hi" + ServerFixture.frame("{\"type\":\"pong\",\"timestamp\":1}")
                            + "\u0088\u0000");
            assertThat(channel.finish()).isFalse();
        }
    }

    @Test
    void mutilatedBytesNeverBreakTheConnectionInAnyOtherWayThanAClose() {
        Random random = new Random(11);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = conversation();
            for (int flips = random.nextInt(6); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            EmbeddedChannel channel = server.authenticated(config);
            inPieces(channel, bytes, random);
            channel.checkException();

            String answer = ServerFixture.received(channel);
            boolean closed = answer.contains("\u0088");
            assertThat(closed || channel.isOpen()).as("round %s", round).isTrue();
            assertThat(channel.finish()).isFalse();
        }
    }

    @Test
    void mutilatedRequestsAreAnsweredOrClosed() {
        Random random = new Random(13);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = ServerFixture.utf8(ServerFixture.upgradeRequest("?token=sesame"));
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            EmbeddedChannel channel = server.connect(config);
            inPieces(channel, bytes, random);
            channel.checkException();

            String answer = ServerFixture.received(channel);
            assertThat(answer.startsWith("HTTP/1.1 ") || channel.isOpen())
                    .as("round %s", round)
                    .isTrue();
            assertThat(channel.finish()).isFalse();
        }
    }

    private static byte[] conversation() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ServerFixture.text("{\"type\":\"list_sessions\"}"));
        out.writeBytes(ServerFixture.masked(0x01, ServerFixture.utf8("{\"type\":\"end_session\",")));
        out.writeBytes(ServerFixture.masked(0x89, ServerFixture.utf8("hi")));
        out.writeBytes(ServerFixture.masked(0x80, ServerFixture.utf8("\"session_id\":\"\u00e4\u20ac\"}")));
        out.writeBytes(ServerFixture.text("{\"type\":\"ping\",\"timestamp\":1}"));
        out.writeBytes(ServerFixture.masked(0x88, new byte[0]));
        return out.toByteArray();
    }

    private static void inPieces(EmbeddedChannel channel, byte[] bytes, Random random) {
        for (int at = 0; at < bytes.length && channel.isOpen(); ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(40));
            ServerFixture.send(channel, Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
    }
}
