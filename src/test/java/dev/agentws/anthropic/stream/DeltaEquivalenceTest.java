package dev.agentws.anthropic.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast path and the parser must be one and the same to the listener, and to clients. */
class DeltaEquivalenceTest {
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String EMOJI = "\ud83d\ude00";
    private static final String[] PIECES = {
        "a",
        "Hello world, this is plain",
        " ",
        "",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\b",
        "\\f",
        "\\r",
        "\\t",
        "\\u0041",
        "\\u00E9",
        "\\u000a",
        "\\u0000",
        "\\u4e2d",
        "\\u002f\\u005c\\u0022",
        "\\uD83D\\uDE00",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00",
        "\u00e9",
        "\u4e2d\u6587\u5b57",
        EMOJI,
        "\u2028",
        "\ufeff",
        "\u007f",
        "{\\\"k\\\": 1}",
        "}  }",
        "data: x",
        "\u0001",
        "\t",
        "\ufffd\uffff",
        "\u0800",
        "\u07ff",
        "\udbff\udfff"
    };
    /** Lead bytes without tails, tails without leads, overlong forms, surrogates, beyond the end of Unicode. */
    private static final int[][] INVALID = {
        {0xff},
        {0xc0, 0xaf},
        {0xe0, 0x80, 0x80},
        {0xed, 0xa0, 0x80},
        {0xf4, 0x90, 0x80, 0x80},
        {0x80},
        {0xe4, 0xb8},
        {0xf0, 0x9f, 0x98},
        {0xc3}
    };

    private static final String[][] KINDS = {
        {"text_delta", "text"},
        {"thinking_delta", "thinking"},
        {"input_json_delta", "partial_json"},
        {"signature_delta", "signature"}
    };

    @Test
    void bothWaysSayTheSameToTheByteHoweverItIsWrittenAndCut() throws IOException {
        for (int seed = 0; seed < 800; seed++) {
            Random random = new Random(seed);
            byte[] body = body(random);
            String what = "seed " + seed;
            RecordedAnswer parsed = new RecordedAnswer().slow().whole(body);
            assertThat(parsed.told).as(what).endsWith("completed");
            assertSound(parsed);
            assertSame(new RecordedAnswer().whole(body), parsed, what);
            assertSame(new RecordedAnswer().randomly(body, random), parsed, what);
            assertSame(new RecordedAnswer().slow().randomly(body, random), parsed, what);
            if (seed % 10 == 0) {
                assertSame(new RecordedAnswer().byteByByte(body), parsed, what);
            }
        }
    }

    @Test
    void aStringIsHandedOnAsItWasWrittenWhateverIsAroundIt() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            String string = string(random).replaceAll("[\u0001\t]", "");
            String[] kind = KINDS[random.nextInt(3)];
            String usual = delta(0, kind, string, random.nextInt(17));
            ByteBuf event = Unpooled.copiedBuffer(usual, StandardCharsets.UTF_8);
            assertThat(new DeltaRecogniser().take(event, 0, event.writerIndex()))
                    .isPositive();
            RecordedAnswer recognised = new RecordedAnswer().whole(usual);
            RecordedAnswer parsed = new RecordedAnswer().whole(unusual(random, "\n", 0, kind, string));
            assertSame(parsed, recognised, "seed " + seed);
            assertThat(string.isEmpty() ? List.of(" 0 ") : parsed.told)
                    .as("seed %s", seed)
                    .anyMatch(line -> line.endsWith(" 0 " + string));
        }
    }

    @Test
    void everyEscapeStaysAsItWasWritten() {
        String text =
                "plain \\\" \\\\ \\/ / \\n\\r\\t\\b\\f\\u0000\\u001f \\u00e9 \\u00E9 \\u0041 \\u005c \\u0022 \\u002f"
                        + " \\ud83d\\ude00 \\uD83D\\uDE00 \\ud83d | \\ude00 \u00e9 \u4e2d " + EMOJI
                        + " \u007f \u2028 \ufeff";
        for (String[] kind : KINDS) {
            String body = delta(0, kind, text);
            for (RecordedAnswer answer : List.of(new RecordedAnswer(), new RecordedAnswer().slow())) {
                assertThat(answer.whole(body).told).anyMatch(line -> line.endsWith(" 0 " + text));
            }
        }
    }

    @Test
    void halvesOfASurrogatePairSurviveAlone() {
        String body = delta(0, KINDS[0], "\\ud83d") + delta(0, KINDS[0], "\\uDE00");
        for (RecordedAnswer answer : List.of(new RecordedAnswer(), new RecordedAnswer().slow())) {
            assertThat(answer.whole(body).told).contains("TEXT 0 \\ud83d", "TEXT 0 \\uDE00");
        }
    }

    @Test
    void aLongStringStaysAsItWasWritten() {
        String text = String.join("", PIECES).replaceAll("[\u0001\t]", "").repeat(2000);
        Random random = new Random(1);
        RecordedAnswer recognised = new RecordedAnswer().whole(delta(0, KINDS[2], text));
        assertThat(recognised.told).contains("TOOL_INPUT 0 " + text);
        assertSame(new RecordedAnswer().whole(unusual(random, "\n", 0, KINDS[2], text)), recognised, "in other words");
        assertSame(new RecordedAnswer().slow().randomly(bytes(delta(0, KINDS[2], text)), random), recognised, "cut");
    }

    @Test
    void theLastOfTwoStringsOfOneNameCounts() {
        String body =
                "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"\\u0041\","
                        + "\"t\\u0065xt\":\"\\u0042\"}}\n\n";
        for (RecordedAnswer answer : List.of(new RecordedAnswer(), new RecordedAnswer().slow())) {
            assertThat(answer.whole(body).told).contains("TEXT 0 \\u0042").doesNotContain("TEXT 0 \\u0041");
        }
    }

    @Test
    void aMarkOfTheByteOrderBeforeTheDataIsNoJsonEitherWay() {
        String body = delta(0, KINDS[0], "a").replace("data: ", "data: \ufeff");
        RecordedAnswer parsed = new RecordedAnswer().slow().whole(body);
        assertThat(parsed.told).containsExactly("failed PROTOCOL event: no sound JSON (expected: one JSON object)");
        assertSame(new RecordedAnswer().whole(body), parsed, "with a mark");
    }

    @Test
    void noChangeOfASingleByteMakesTheTwoWaysDiffer() {
        byte[] changes = {
            0,
            1,
            '\t',
            '\n',
            '\r',
            ' ',
            '"',
            '\\',
            '}',
            '{',
            ':',
            ',',
            '0',
            '9',
            'a',
            'u',
            'T',
            0x7f,
            (byte) 0x80,
            (byte) 0xc3,
            (byte) 0xff
        };
        for (String text : List.of("Hello \\u00e9\\n", "\u00e9\u4e2d" + EMOJI)) {
            byte[] start = "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n"
                    .getBytes(StandardCharsets.UTF_8);
            byte[] event = delta(0, KINDS[0], text).getBytes(StandardCharsets.UTF_8);
            byte[] end = "data: {\"type\":\"message_stop\"}\n\n".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < event.length; i++) {
                for (byte change : changes) {
                    byte[] mutant = event.clone();
                    mutant[i] = change;
                    assertSameEitherWay(joined(start, mutant, end), "byte " + i + " is " + change);
                }
                byte[] shorter = new byte[event.length - 1];
                System.arraycopy(event, 0, shorter, 0, i);
                System.arraycopy(event, i + 1, shorter, i, event.length - 1 - i);
                assertSameEitherWay(joined(start, shorter, end), "byte " + i + " is missing");
            }
        }
    }

    private static void assertSameEitherWay(byte[] body, String what) {
        assertSame(new RecordedAnswer().whole(body), new RecordedAnswer().slow().whole(body), what);
    }

    private static void assertSame(RecordedAnswer answer, RecordedAnswer expected, String what) {
        assertThat(answer.told).as(what).isEqualTo(expected.told);
        assertThat(answer.frames.toArray(byte[][]::new)).as(what).isDeepEqualTo(expected.frames.toArray(byte[][]::new));
    }

    private static byte[] body(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String lineEnd = random.nextInt(4) > 0 ? "\n" : random.nextBoolean() ? "\r\n" : "\r";
        write(out, "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n");
        for (int i = 0; i < 12; i++) {
            if (random.nextInt(3) > 0) {
                String text = random.nextInt(4) > 0 ? string(random) : string(random) + "@" + string(random);
                String event = delta(random.nextInt(3), KINDS[random.nextInt(3)], text, random.nextInt(17));
                write(out, event.replace("\n", lineEnd), random);
            } else {
                String[] kind = KINDS[random.nextInt(KINDS.length)];
                write(out, unusual(random, lineEnd, random.nextInt(3), kind, string(random) + "@"), random);
            }
        }
        write(out, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        return out.toByteArray();
    }

    private static String string(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** The same in other words: order, white space, more fields, no event line. */
    private static String unusual(Random random, String lineEnd, int index, String[] kind, String string) {
        String gap = " ".repeat(random.nextInt(3));
        List<String> inner = new ArrayList<>(List.of(
                "\"type\":" + gap + "\"" + kind[0] + "\"", "\"" + kind[1] + "\":" + gap + "\"" + string + "\""));
        if (random.nextBoolean()) {
            inner.add(random.nextInt(inner.size() + 1), "\"extra\":{\"text\":[1,null,\"x\"]}");
        }
        if (random.nextBoolean()) {
            inner.add(inner.remove(0));
        }
        List<String> outer = new ArrayList<>(List.of(
                "\"type\" :\"content_block_delta\"",
                "\"index\":" + gap + index,
                "\"delta\":{" + String.join("," + gap, inner) + gap + "}"));
        if (random.nextBoolean()) {
            outer.add(0, "\"p\":" + "\"abcdef\"");
        }
        Collections.shuffle(outer, random);
        String name = random.nextBoolean() ? "event: content_block_delta" + lineEnd : "";
        return name + "data:" + gap + "{" + gap + String.join(gap + ",", outer) + gap + "}" + lineEnd + lineEnd;
    }

    /** Where the text says {@code @}, there are bytes that are no UTF-8, or nothing. */
    private static void write(ByteArrayOutputStream out, String text, Random random) {
        int[] bad = INVALID[random.nextInt(INVALID.length)];
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b != '@') {
                out.write(b);
            } else if (random.nextBoolean()) {
                for (int one : bad) {
                    out.write(one);
                }
            }
        }
    }

    private static String delta(int index, String[] kind, String escaped) {
        return delta(index, kind, escaped, 4);
    }

    private static String delta(int index, String[] kind, String escaped, int padding) {
        return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":" + index
                + ",\"delta\":{\"type\":\"" + kind[0] + "\",\"" + kind[1] + "\":\"" + escaped + "\"}"
                + " ".repeat(padding) + "}\n\n";
    }

    /** Each frame is whole, valid UTF-8 and valid JSON. */
    private static void assertSound(RecordedAnswer answer) throws IOException {
        for (byte[] frame : answer.frames) {
            int header = (frame[1] & 0x7f) < 126 ? 2 : 4;
            int length = header == 2 ? frame[1] : (frame[2] & 0xff) << 8 | (frame[3] & 0xff);
            assertThat(frame.length).isEqualTo(header + length);
            String json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(frame, header, length))
                    .toString();
            STRICT.readTree(json);
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
