package dev.agentws.anthropic.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.DeltaKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeltaRecogniserTest {
    private final DeltaRecogniser recogniser = new DeltaRecogniser();

    @Test
    void theThreeShapesAreTaken() {
        assertTaken(AnswerText.text(0, "Hi"), DeltaKind.TEXT, 0, "Hi");
        assertTaken(AnswerText.input(12, "{\\\"a\\\":"), DeltaKind.TOOL_INPUT, 12, "{\\\"a\\\":");
        assertTaken(
                AnswerText.delta(999_999, "{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}"),
                DeltaKind.THINKING,
                999_999,
                "hm");
        assertTaken(AnswerText.text(3, ""), DeltaKind.TEXT, 3, "");
    }

    @Test
    void anyPaddingIsTaken() {
        for (int spaces = 0; spaces < 20; spaces++) {
            String event = AnswerText.text(1, "x").replaceAll(" +}\n", " ".repeat(spaces) + "}\n");
            assertTaken(event, DeltaKind.TEXT, 1, "x");
        }
    }

    @Test
    void everyLegalEscapeAndCharacterIsTaken() {
        for (String text : List.of(
                "\\\"\\\\\\/\\b\\f\\n\\r\\t",
                "\\u0000\\uabCD\\ud83d",
                "\u0080\u07ff\u0800\ud7ff\ue000\uffff",
                "\ud800\udc00\udbff\udfff",
                "\u007f~",
                "12345678\\\"1234567\u4e2d\u6587123456\\n")) {
            assertTaken(AnswerText.text(0, text), DeltaKind.TEXT, 0, text);
        }
    }

    @Test
    void illegalEscapesAndControlCharactersAreNot() {
        for (String text : List.of("\\q", "\\u12", "\\u12g4", "\\u00", "\\", "\u0000", "\t", "\u001f", "a\nb")) {
            assertNotTaken(AnswerText.text(0, text).getBytes(StandardCharsets.UTF_8));
            assertNotTaken(AnswerText.text(0, "1234567890" + text + "xyz").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void invalidUtf8IsNot() {
        int[][] sequences = {
            {0x80},
            {0xbf},
            {0xc0, 0x80},
            {0xc1, 0xbf},
            {0xc2},
            {0xc2, 0x41},
            {0xe0, 0x9f, 0xbf},
            {0xed, 0xa0, 0x80},
            {0xed, 0xbf, 0xbf},
            {0xe4, 0xb8},
            {0xe4, 0xb8, 0x41},
            {0xf0, 0x8f, 0xbf, 0xbf},
            {0xf4, 0x90, 0x80, 0x80},
            {0xf5, 0x80, 0x80, 0x80},
            {0xff}
        };
        for (int[] sequence : sequences) {
            byte[] event =
                    AnswerText.text(0, "@".repeat(sequence.length) + "....").getBytes(StandardCharsets.UTF_8);
            int at = new String(event, StandardCharsets.ISO_8859_1).indexOf('@');
            for (int i = 0; i < sequence.length; i++) {
                event[at + i] = (byte) sequence[i];
            }
            assertNotTaken(event);
        }
    }

    @Test
    void otherWordingsAreNot() {
        String event = AnswerText.text(0, "Hi");
        for (String other : List.of(
                event.replace("\n", "\r\n"),
                event.replace("event: ", "event:"),
                event.replace("\":0", "\": 0"),
                event.replace("\":0", "\":00"),
                event.replace("\":0", "\":-1"),
                event.replace("\":0", "\":1000000"),
                event.replace("\":0", "\":0.5"),
                event.replace("\":0", "\":"),
                event.replace("\"Hi\"", "\"Hi\","),
                event.replace("\"Hi\"", "\"Hi\" "),
                event.replace("text_delta", "texx_delta"),
                event.replace("}\n\n", "}x\n\n"),
                event.replace("}\n\n", "} \n\n"),
                event.replace("}\n\n", "}}\n\n"),
                event.replace("}\n\n", "}\ndata: x\n\n"))) {
            assertThat(other).isNotEqualTo(event);
            assertNotTaken(other.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void nothingOfACutEventIsTaken() {
        byte[] event = AnswerText.text(10, "Hello \\n \u4e2d").getBytes(StandardCharsets.UTF_8);
        ByteBuf buf = Unpooled.directBuffer().writeBytes(event);
        for (int end = 0; end < event.length; end++) {
            assertThat(recogniser.take(buf, 0, end)).isEqualTo(-1);
        }
        assertThat(recogniser.take(buf, 0, event.length)).isEqualTo(event.length);
        buf.release();
    }

    private void assertTaken(String event, DeltaKind kind, int index, String inside) {
        byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
        ByteBuf buf = Unpooled.directBuffer().writeBytes(bytes).writeBytes(bytes);
        for (int from : new int[] {0, bytes.length}) {
            assertThat(recogniser.take(buf, from, buf.writerIndex())).isEqualTo(from + bytes.length);
            assertThat(recogniser.kind()).isEqualTo(kind);
            assertThat(recogniser.index()).isEqualTo(index);
            assertThat(buf.toString(recogniser.offset(), recogniser.length(), StandardCharsets.UTF_8))
                    .isEqualTo(inside);
        }
        buf.release();
    }

    private void assertNotTaken(byte[] event) {
        ByteBuf buf = Unpooled.directBuffer().writeBytes(event).writeBytes(event);
        assertThat(recogniser.take(buf, 0, buf.writerIndex())).isEqualTo(-1);
        buf.release();
    }
}
