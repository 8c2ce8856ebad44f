package dev.agentws.anthropic.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00",
        "\u00e9",
        "\u4e2d\u6587\u5b57",
        EMOJI,
        "\u2028",
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
    void bothWaysTellTheSameTextHoweverItIsWrittenAndCut() throws IOException {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            byte[] body = body(random);
            List<String> parsed = meaning(new RecordedAnswer().slow().whole(body).told);
            assertThat(meaning(new RecordedAnswer().whole(body).told))
                    .as("seed %s", seed)
                    .isEqualTo(parsed);
            assertThat(meaning(new RecordedAnswer().randomly(body, random).told))
                    .as("seed %s", seed)
                    .isEqualTo(parsed);
            assertThat(meaning(new RecordedAnswer().slow().randomly(body, random).told))
                    .as("seed %s", seed)
                    .isEqualTo(parsed);
            if (seed % 10 == 0) {
                assertThat(meaning(new RecordedAnswer().byteByByte(body).told))
                        .as("seed %s", seed)
                        .isEqualTo(parsed);
            }
            assertThat(parsed).as("seed %s", seed).endsWith("completed");
        }
    }

    @Test
    void bothWaysSendClientsTheSameFramesHoweverTheTextIsWrittenAndCut() throws IOException {
        for (int seed = 1000; seed < 1400; seed++) {
            Random random = new Random(seed);
            byte[] body = body(random);
            List<JsonNode> parsed = frames(new RecordedAnswer().slow().whole(body));
            assertThat(frames(new RecordedAnswer().whole(body)))
                    .as("seed %s", seed)
                    .isEqualTo(parsed);
            assertThat(frames(new RecordedAnswer().randomly(body, random)))
                    .as("seed %s", seed)
                    .isEqualTo(parsed);
        }
    }

    @Test
    void canonicalTextIsTheSameToTheByte() {
        String canonical = "plain \\\" \\\\ \\n\\r\\t\\b\\f\\u0000\\u001f \\ud83d | \\ude00 \u00e9 \u4e2d " + EMOJI
                + " \u007f \u2028 /";
        for (String[] kind : KINDS) {
            String body = delta(0, kind, canonical);
            List<String> fast = new RecordedAnswer().whole(body).told;
            assertThat(fast)
                    .isEqualTo(new RecordedAnswer().slow().whole(body).told)
                    .anyMatch(line -> line.endsWith(canonical));
        }
    }

    @Test
    void halvesOfASurrogatePairSurviveAlone() {
        String body = delta(0, KINDS[0], "\\ud83d") + delta(0, KINDS[0], "\\ude00");
        for (RecordedAnswer answer : List.of(new RecordedAnswer(), new RecordedAnswer().slow())) {
            assertThat(answer.whole(body).told).contains("TEXT 0 \\ud83d", "TEXT 0 \\ude00");
        }
    }

    @Test
    void noChangeOfASingleByteMakesTheTwoWaysDiffer() throws IOException {
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

    private static void assertSameEitherWay(byte[] body, String what) throws IOException {
        List<String> parsed = meaning(new RecordedAnswer().slow().whole(body).told);
        assertThat(meaning(new RecordedAnswer().whole(body).told)).as(what).isEqualTo(parsed);
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
                event(random, lineEnd, out);
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

    /** An event of the same meaning in other words: order, white space, more fields, no event line, bad bytes. */
    private static void event(Random random, String lineEnd, ByteArrayOutputStream out) {
        String[] kind = KINDS[random.nextInt(KINDS.length)];
        String gap = " ".repeat(random.nextInt(3));
        List<String> inner = new ArrayList<>(List.of(
                "\"type\":" + gap + "\"" + kind[0] + "\"",
                "\"" + kind[1] + "\":" + gap + "\"" + string(random) + "@\""));
        if (random.nextBoolean()) {
            inner.add(random.nextInt(inner.size() + 1), "\"extra\":{\"text\":[1,null,\"x\"]}");
        }
        if (random.nextBoolean()) {
            inner.add(inner.remove(0));
        }
        List<String> outer = new ArrayList<>(List.of(
                "\"type\" :\"content_block_delta\"",
                "\"index\":" + gap + random.nextInt(3),
                "\"delta\":{" + String.join("," + gap, inner) + gap + "}"));
        if (random.nextBoolean()) {
            outer.add(0, "\"p\":" + "\"abcdef\"");
        }
        Collections.shuffle(outer, random);
        String name = random.nextBoolean() ? "event: content_block_delta" + lineEnd : "";
        write(
                out,
                name + "data:" + gap + "{" + gap + String.join(gap + ",", outer) + gap + "}" + lineEnd + lineEnd,
                random);
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

    /** What each frame says, whichever way its text is escaped; the frame itself must be whole, valid UTF-8 and valid JSON. */
    private static List<JsonNode> frames(RecordedAnswer answer) throws IOException {
        List<JsonNode> frames = new ArrayList<>();
        for (byte[] frame : answer.frames) {
            int header = (frame[1] & 0x7f) < 126 ? 2 : 4;
            int length = header == 2 ? frame[1] : (frame[2] & 0xff) << 8 | (frame[3] & 0xff);
            assertThat(frame.length).isEqualTo(header + length);
            String json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(frame, header, length))
                    .toString();
            frames.add(STRICT.readTree(json));
        }
        return frames;
    }

    /** The lines with their JSON strings unescaped, so that two ways to write a character compare equal. */
    private static List<String> meaning(List<String> told) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : told) {
            boolean piece = line.startsWith("TEXT ")
                    || line.startsWith("THINKING ")
                    || line.startsWith("TOOL_INPUT ")
                    || line.startsWith("SIGNATURE ");
            if (!piece) {
                lines.add(line);
                continue;
            }
            try (JsonParser parser = EventJson.JSON.createParser('"' + line + '"')) {
                parser.nextToken();
                lines.add(parser.getText());
            }
        }
        return lines;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
