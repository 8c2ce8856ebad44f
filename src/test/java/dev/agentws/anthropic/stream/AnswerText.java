package dev.agentws.anthropic.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Bodies of streamed answers, as the API writes them, and what a reader makes of them. */
final class AnswerText {
    static final String START = event(
            "{\"type\":\"message_start\",\"message\":{\"model\":\"claude-haiku-5-5\",\"id\":\"msg_1\",\"type\":\"message\","
                    + "\"role\":\"assistant\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":18,"
                    + "\"cache_creation_input_tokens\":7,\"cache_read_input_tokens\":3,\"cache_creation\":"
                    + "{\"ephemeral_5m_input_tokens\":2,\"ephemeral_1h_input_tokens\":5},\"output_tokens\":2}}   }");
    static final String TEXT_BLOCK = block(0, "{\"type\":\"text\",\"text\":\"\"}");
    static final String TEXT_STARTED = "block 0 TEXT {\"type\":\"text\",\"text\":\"\"}";
    static final String THINKING = "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}";
    static final String STARTED = "start msg_1 claude-haiku-5-5";
    static final String MESSAGE_STOP = event("{\"type\":\"message_stop\"  }");

    private AnswerText() {}

    static RecordedAnswer answer(String body) {
        return new RecordedAnswer().whole(body);
    }

    /** However it is cut, with CRLF or CR as well, and with or without the fast path. */
    static void assertTold(String body, String... expected) {
        List<byte[]> bodies = new ArrayList<>();
        for (String lineEnd : List.of("\n", "\r\n", "\r")) {
            bodies.add(body.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8));
        }
        List<String> told = Arrays.asList(expected);
        for (byte[] bytes : bodies) {
            assertThat(new RecordedAnswer().whole(bytes).told).isEqualTo(told);
            assertThat(new RecordedAnswer().slow().whole(bytes).told).isEqualTo(told);
            assertThat(new RecordedAnswer().byteByByte(bytes).told).isEqualTo(told);
            for (int seed = 0; seed < 10; seed++) {
                assertThat(new RecordedAnswer().randomly(bytes, new Random(seed)).told)
                        .isEqualTo(told);
            }
        }
    }

    static String event(String data) {
        int from = data.indexOf("\"type\":\"") + 8;
        return "event: " + data.substring(from, data.indexOf('"', from)) + "\ndata: " + data + "\n\n";
    }

    static String block(int index, String json) {
        return event("{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + json + "  }");
    }

    static String stop(int index) {
        return event("{\"type\":\"content_block_stop\",\"index\":" + index + " }");
    }

    static String delta(int index, String json) {
        return event("{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + json + "    }");
    }

    static String text(int index, String escaped) {
        return delta(index, "{\"type\":\"text_delta\",\"text\":\"" + escaped + "\"}");
    }

    static String input(int index, String escaped) {
        return delta(index, "{\"type\":\"input_json_delta\",\"partial_json\":\"" + escaped + "\"}");
    }

    static String tool(String id) {
        return "{\"type\":\"tool_use\",\"id\":\"" + id
                + "\",\"name\":\"f\",\"input\":{},\"caller\":{\"type\":\"direct\"}}";
    }

    static String end(String stopReason) {
        return event("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + stopReason
                + "\",\"stop_sequence\":null}  }");
    }

    static String error(String type, String message) {
        return event("{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message + "\"}}");
    }
}
