package dev.agentws.anthropic.stream;

import static dev.agentws.anthropic.stream.AnswerText.MESSAGE_STOP;
import static dev.agentws.anthropic.stream.AnswerText.START;
import static dev.agentws.anthropic.stream.AnswerText.STARTED;
import static dev.agentws.anthropic.stream.AnswerText.TEXT_BLOCK;
import static dev.agentws.anthropic.stream.AnswerText.TEXT_STARTED;
import static dev.agentws.anthropic.stream.AnswerText.answer;
import static dev.agentws.anthropic.stream.AnswerText.assertTold;
import static dev.agentws.anthropic.stream.AnswerText.delta;
import static dev.agentws.anthropic.stream.AnswerText.end;
import static dev.agentws.anthropic.stream.AnswerText.error;
import static dev.agentws.anthropic.stream.AnswerText.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.model.ModelFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamFailureTest {
    @Test
    void aCleanEndAfterTheStopReasonIsComplete() {
        assertTold(
                START + TEXT_BLOCK + text(0, "a") + end("end_turn"),
                STARTED,
                TEXT_STARTED,
                "TEXT 0 a",
                "end 0",
                "stop end_turn",
                "completed");
    }

    @Test
    void aStreamThatEndsEarlyFails() {
        String body = START + TEXT_BLOCK + text(0, "a");
        assertTold(body, STARTED, TEXT_STARTED, "TEXT 0 a", "failed CONNECTION stream ended early");
        assertTold(
                START + "event: message_delta\ndata: {\"type\":\"message_de",
                STARTED,
                "failed CONNECTION stream ended early");
        assertTold("", "failed CONNECTION stream ended early: the answer is empty");
        assertTold("<html>busy</html>\n", "failed CONNECTION stream ended early");
        assertTold(START + MESSAGE_STOP, STARTED, "failed CONNECTION stream ended early: the message is empty");
        assertThat(answer(body).failure).isNotNull().returns("req_header", ModelFailure::requestId);
    }

    @Test
    void aLastEventWithoutItsBlankLineIsRead() {
        String body = START + end("end_turn") + "data: {\"type\":\"message_stop\"}";
        assertTold(body, STARTED, "stop end_turn", "completed");
    }

    @Test
    void anErrorEventFailsWithItsTypeAndRequest() {
        String body = START + TEXT_BLOCK + text(0, "a")
                + "event: error\ndata: {\"type\":\"error\",\"error\":{\"details\":null,\"type\":\"overloaded_error\","
                + "\"message\":\"Overloaded\"},\"request_id\":\"req_body\"}\n\n" + text(0, "b");
        assertTold(body, STARTED, TEXT_STARTED, "TEXT 0 a", "failed OVERLOADED Overloaded");
        assertThat(answer(body).failure)
                .isEqualTo(new ModelFailure(
                        ModelFailure.Kind.OVERLOADED, "Overloaded", 0, "overloaded_error", "req_body", null));
    }

    @Test
    void everyErrorTypeHasItsKind() {
        assertThat(kindOf("invalid_request_error", "x")).isEqualTo(ModelFailure.Kind.INVALID_REQUEST);
        assertThat(kindOf("invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"))
                .isEqualTo(ModelFailure.Kind.CONTEXT_OVERFLOW);
        assertThat(kindOf("authentication_error", "x")).isEqualTo(ModelFailure.Kind.AUTHENTICATION);
        assertThat(kindOf("billing_error", "x")).isEqualTo(ModelFailure.Kind.BILLING);
        assertThat(kindOf("permission_error", "x")).isEqualTo(ModelFailure.Kind.PERMISSION);
        assertThat(kindOf("not_found_error", "x")).isEqualTo(ModelFailure.Kind.NOT_FOUND);
        assertThat(kindOf("request_too_large", "x")).isEqualTo(ModelFailure.Kind.TOO_LARGE);
        assertThat(kindOf("rate_limit_error", "x")).isEqualTo(ModelFailure.Kind.RATE_LIMITED);
        assertThat(kindOf("timeout_error", "x")).isEqualTo(ModelFailure.Kind.TIMEOUT);
        assertThat(kindOf("api_error", "x")).isEqualTo(ModelFailure.Kind.SERVER);
        assertThat(kindOf("brand_new_error", "x")).isEqualTo(ModelFailure.Kind.SERVER);
    }

    @Test
    void errorsOfOddShapesAreUnderstood() {
        assertThat(answer("event: error\ndata: upstream died\n\n").told).containsExactly("failed SERVER upstream died");
        assertThat(answer("event: error\ndata: {\"type\":\"error\"} and more\n\n").told)
                .containsExactly("failed SERVER {\"type\":\"error\"} and more");
        assertThat(answer("event: content_block_delta\ndata: {\"error\":{\"message\":\"no\"}}\n\n").told)
                .containsExactly("failed SERVER no");
        assertThat(answer("event: error\ndata: {broken\n\n").told).containsExactly("failed SERVER {broken");
        assertThat(answer("event: error\ndata: {\"error\":\"no\"}\n\n").told).containsExactly("failed SERVER no");
        assertThat(answer("data: {\"error\":{\"message\":\"no\",\"code\":5}}\n\n").told)
                .containsExactly("failed SERVER no");
        assertThat(answer("event: error\ndata: {\"type\":\"overloaded_error\",\"message\":\"later\"}\n\n").told)
                .containsExactly("failed OVERLOADED later");
        assertThat(answer("event: error\ndata:\n\n").told)
                .containsExactly("failed SERVER The model's server reported an error.");
    }

    @Test
    void aKnownEventThatIsNoJsonFails() {
        for (String data : List.of(
                "{\"type\":\"content_block_delta\",\"index\":0,",
                "{\"type\":\"content_block_delta\"} x",
                "{\"type\":\"content_block_delta\",\"index\":99999999999}",
                "{\"type\":\"content_block_delta\",\"a\":\"\\q\"}",
                "{\"type\":\"content_block_delta\",\"deep\":" + "[".repeat(5000) + "]".repeat(5000) + "}",
                "garbage",
                "{\u0000")) {
            assertThat(answer(START + "event: content_block_delta\ndata: " + data + "\n\n" + MESSAGE_STOP).told)
                    .as(data)
                    .hasSize(2)
                    .last()
                    .asString()
                    .startsWith("failed PROTOCOL event: ");
        }
    }

    @Test
    void limitsEndTheStreamAndNameTheSize() {
        StreamLimits limits = new StreamLimits(1024, 2, 3000);
        String large = START + delta(0, "{\"type\":\"new\",\"x\":\"" + "y".repeat(1024) + "\"}");
        assertThat(new RecordedAnswer().limits(limits).whole(large).told)
                .containsExactly(STARTED, "failed PROTOCOL event: more than 1024 bytes (expected: at most that)");
        String many = START + text(0, "a") + text(1, "a") + text(2, "a");
        assertThat(new RecordedAnswer().limits(limits).whole(many).told)
                .last()
                .isEqualTo("failed PROTOCOL content blocks: more than 2 (expected: at most 2)");
        byte[] body = (START + text(0, "a").repeat(30)).getBytes(StandardCharsets.UTF_8);
        assertThat(new RecordedAnswer().limits(limits).byteByByte(body).told)
                .last()
                .isEqualTo("failed PROTOCOL answer: more than 3000 bytes (expected: at most that)");
    }

    @Test
    void limitsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new StreamLimits(1023, 1, 5000))
                .hasMessage("maxEventBytes: 1023 (expected: 1024 to 268435456)");
        assertThatThrownBy(() -> new StreamLimits(268435457, 1, 268435457))
                .hasMessage("maxEventBytes: 268435457 (expected: 1024 to 268435456)");
        assertThatThrownBy(() -> new StreamLimits(1024, 0, 5000)).hasMessage("maxBlocks: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new StreamLimits(1024, 1, 1023))
                .hasMessage("maxTotalBytes: 1023 (expected: at least maxEventBytes, 1024)");
    }

    private static ModelFailure.Kind kindOf(String type, String message) {
        ModelFailure failure = answer(error(type, message)).failure;
        if (failure == null) {
            throw new AssertionError("failure: null (expected: one of type " + type + ")");
        }
        return failure.kind();
    }
}
