package dev.agentws.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameWriterTest {
    private final FrameWriter writer = new FrameWriter("s\"1");

    private static String payload(ByteBuf frame) {
        assertThat(frame.readUnsignedByte()).as("final text frame").isEqualTo((short) 0x81);
        int length = frame.readUnsignedByte();
        if (length == 126) {
            length = frame.readUnsignedShort();
        } else if (length == 127) {
            length = (int) frame.readLong();
        }
        assertThat(frame.readableBytes()).as("the header tells the length").isEqualTo(length);
        String text = frame.toString(UTF_8);
        frame.release();
        return text;
    }

    private String piece(PieceKind kind, String text, long seq) {
        ByteBuf source = Unpooled.copiedBuffer("??" + text + "??", UTF_8);
        int length = source.readableBytes() - 4;
        ByteBuf out = Unpooled.buffer(writer.pieceRoom(kind, "m", length));
        int room = out.capacity();
        writer.piece(out, kind, "m", source, 2, length, seq);
        source.release();
        assertThat(out.readableBytes()).isLessThanOrEqualTo(room);
        return payload(out);
    }

    @Test
    void aPieceIsTheProtocolsFrameWithTheTextAsItCame() {
        assertThat(piece(PieceKind.TEXT, "a\\n\\ud83d", 7))
                .isEqualTo(
                        "{\"type\":\"agent_message\",\"content\":\"a\\n\\ud83d\",\"complete\":false,\"message_id\":\"m\","
                                + "\"session_id\":\"s\\\"1\",\"seq\":7}");
        assertThat(piece(PieceKind.THINKING, "hm", 10))
                .isEqualTo(
                        "{\"type\":\"agent_thinking\",\"thinking\":true,\"content\":\"hm\",\"session_id\":\"s\\\"1\",\"seq\":10}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 40, 125, 126, 4096, 65_400, 65_536, 200_000})
    void everyLengthGetsTheHeaderOfItsSize(int length) {
        assertThat(piece(PieceKind.TEXT, "x".repeat(length), Long.MAX_VALUE))
                .contains("x".repeat(length))
                .endsWith("\"seq\":9223372036854775807}");
    }

    @Test
    void numbersOfEverySizeAreWrittenWhole() {
        for (long seq : new long[] {1, 9, 10, 99, 100, 999_999, 1_000_000, 10_000_000_000L}) {
            assertThat(piece(PieceKind.TEXT, "x", seq)).endsWith("\"seq\":" + seq + "}");
        }
    }

    @Test
    void eventsAreFramesToo() {
        ByteBuf out = Unpooled.buffer();
        writer.event(out, 3, new SessionEvent.Interrupted(), true);
        assertThat(payload(out))
                .isEqualTo(
                        "{\"type\":\"session_interrupted\",\"session_id\":\"s\\\"1\",\"status\":\"interrupted\",\"seq\":3,"
                                + "\"replayed\":true}");
    }

    @Test
    void halfASurrogatePairFromOutsideBreaksNoFrame() {
        ByteBuf out = Unpooled.buffer();
        writer.event(out, 1, new SessionEvent.ToolPrinted("t", "stdout", "a\ud800b"), false);
        assertThat(payload(out)).contains("\"content\":\"a?b\"");
    }
}
