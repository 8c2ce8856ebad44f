package dev.agentws.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.ModelFailure;
import dev.agentws.agent.Usage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamEventReaderTest {
    private static final String START = event(
            "{\"type\":\"message_start\",\"message\":{\"model\":\"claude-haiku-5-5\",\"id\":\"msg_1\",\"type\":\"message\","
                    + "\"role\":\"assistant\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":18,"
                    + "\"cache_creation_input_tokens\":7,\"cache_read_input_tokens\":3,\"cache_creation\":"
                    + "{\"ephemeral_5m_input_tokens\":2,\"ephemeral_1h_input_tokens\":5},\"output_tokens\":2}}   }");
    private static final String TEXT_BLOCK = block(0, "{\"type\":\"text\",\"text\":\"\"}");
    private static final String TEXT_STARTED = "block 0 TEXT {\"type\":\"text\",\"text\":\"\"}";
    private static final String THINKING = "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}";
    private static final String STARTED = "start msg_1 claude-haiku-5-5";
    private static final String MESSAGE_STOP = event("{\"type\":\"message_stop\"  }");

    @Test
    void textIsRead() {
        String body = START
                + TEXT_BLOCK
                + "event: ping\ndata: {\"type\": \"ping\"}\n\n"
                + text(0, "Hello")
                + text(0, " \\\"you\\\" \ud83d\ude00\\n")
                + stop(0)
                + end("end_turn")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                TEXT_STARTED,
                "TEXT 0 Hello",
                "TEXT 0  \\\"you\\\" \ud83d\ude00\\n",
                "end 0",
                "stop end_turn",
                "completed");
    }

    @Test
    void textAndAToolCallAreRead() {
        String body = START
                + TEXT_BLOCK
                + text(0, "Hm")
                + stop(0)
                + block(1, tool("toolu_1"))
                + input(1, "")
                + input(1, "{\\\"a\\\":")
                + input(1, " 1}")
                + stop(1)
                + end("tool_use")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                TEXT_STARTED,
                "TEXT 0 Hm",
                "end 0",
                "block 1 TOOL_USE " + tool("toolu_1"),
                "TOOL_INPUT 1 ",
                "TOOL_INPUT 1 {\\\"a\\\":",
                "TOOL_INPUT 1  1}",
                "end 1",
                "stop tool_use",
                "completed");
    }

    @Test
    void thinkingWithItsSignatureIsRead() {
        String body = START
                + block(0, THINKING)
                + delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"Let me see\"}")
                + delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"\"}")
                + delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"!\",\"estimated_tokens\":3}")
                + delta(0, "{\"type\":\"signature_delta\",\"signature\":\"EqQB+/==\"}")
                + stop(0)
                + block(1, "{\"type\":\"text\",\"text\":\"\"}")
                + text(1, "Yes")
                + stop(1)
                + end("end_turn")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                "block 0 THINKING " + THINKING,
                "THINKING 0 Let me see",
                "THINKING 0 !",
                "SIGNATURE 0 EqQB+/==",
                "end 0",
                "block 1 TEXT {\"type\":\"text\",\"text\":\"\"}",
                "TEXT 1 Yes",
                "end 1",
                "stop end_turn",
                "completed");
    }

    @Test
    void blocksWithoutDeltasKeepEveryByte() {
        String redacted = "{\"type\":\"redacted_thinking\", \"data\":\"EmwK\\u00e9\\/\"}";
        String result =
                "{ \"tool_use_id\":\"srvtoolu_1\",\"content\":[{\"type\":\"x\",\"n\":1.50}],\"type\":\"web_search_tool_result\" }";
        String body =
                START + block(0, redacted) + stop(0) + block(1, result) + stop(1) + end("end_turn") + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                "block 0 REDACTED_THINKING " + redacted,
                "end 0",
                "block 1 OTHER " + result,
                "end 1",
                "stop end_turn",
                "completed");
    }

    @Test
    void citationsAndUnknownDeltasAreHandedOnAsTheyCame() {
        String citation = "{\"type\":\"citations_delta\", \"citation\":{\"cited_text\":\"\\u00e4\"}}";
        String body = START
                + TEXT_BLOCK
                + delta(0, citation)
                + delta(0, "{\"type\":\"new_delta\"}")
                + text(0, "a")
                + stop(0)
                + end("end_turn")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                TEXT_STARTED,
                "other 0 " + citation,
                "other 0 {\"type\":\"new_delta\"}",
                "TEXT 0 a",
                "end 0",
                "stop end_turn",
                "completed");
    }

    @Test
    void aCompactionWithNullContentIsCarried() {
        String start = "{\"type\":\"compaction\",\"content\":null,\"encrypted_content\":null}";
        String compaction = "{\"type\":\"compaction_delta\",\"content\":null,\"encrypted_content\":\"x\"}";
        String body = START + block(0, start) + delta(0, compaction) + stop(0) + end("compaction") + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                "block 0 OTHER " + start,
                "other 0 " + compaction,
                "end 0",
                "stop compaction",
                "completed");
    }

    @Test
    void aFallbackIsCarriedAsABlock() {
        String fallback =
                "{\"type\":\"fallback\",\"from\":{\"model\":\"a\"},\"to\":{\"model\":\"b\"},\"trigger\":{\"type\":\"refusal\"}}";
        String body = START + block(0, fallback) + stop(0) + end("end_turn") + MESSAGE_STOP;
        assertTold(body, STARTED, "block 0 OTHER " + fallback, "end 0", "stop end_turn", "completed");
    }

    @Test
    void theStopTellsReasonSequenceAndDetails() {
        String details = "{\"type\":\"refusal\", \"category\":\"cyber\",\"explanation\":null}";
        String body = START
                + event(
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_details\":" + details
                                + ",\"stop_sequence\":\"END\",\"stop_reason\":\"refusal\",\"container\":{\"id\":\"c\"}},\"usage\":{}}")
                + MESSAGE_STOP;
        assertTold(body, STARTED, "stop refusal at END " + details, "completed");
        String nulls = START
                + event("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null,"
                        + "\"stop_details\":null},\"usage\":null}")
                + MESSAGE_STOP;
        assertTold(nulls, STARTED, "stop end_turn", "completed");
    }

    @Test
    void usageOfTheEndReplacesThatOfTheStartWhereItIsGiven() {
        assertThat(answer(START).usage).isEqualTo(new Usage(18, 2, 7, 5, 3));
        String absent = START + end("end_turn");
        assertThat(answer(absent).usage).isEqualTo(new Usage(18, 2, 7, 5, 3));
        String full = START
                + event(
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":10682,"
                                + "\"cache_creation_input_tokens\":null,\"cache_read_input_tokens\":0,\"output_tokens\":510,"
                                + "\"iterations\":[{\"input_tokens\":1,\"output_tokens\":1}],"
                                + "\"output_tokens_details\":{\"thinking_tokens\":9}}}")
                + MESSAGE_STOP;
        assertThat(answer(full).usage).isEqualTo(new Usage(10682, 510, 7, 5, 0));
        String nonsense = START
                + event(
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":\"x\","
                                + "\"output_tokens\":99999999999999999999999,\"cache_read_input_tokens\":[1]}}")
                + MESSAGE_STOP;
        assertThat(answer(nonsense).usage).isEqualTo(new Usage(18, 2, 7, 5, 3));
    }

    @Test
    void laterUsageCountsAndAReasonOnceGivenStays() {
        String body = START
                + end("end_turn")
                + event(
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":null},\"usage\":{\"output_tokens\":77}}")
                + MESSAGE_STOP;
        assertTold(body, STARTED, "stop end_turn", "stop end_turn", "completed");
        assertThat(answer(body).usage.outputTokens()).isEqualTo(77);
    }

    @Test
    void toolInputIsNeverLookedInto() {
        // truncated by max_tokens, no delta at all, blank, not JSON, already in the start
        String given = "{\"type\":\"tool_use\",\"id\":\"t5\",\"name\":\"f\",\"input\":{\"a\":[1, 2]}}";
        String body = START
                + block(0, tool("t1"))
                + input(0, "{\\\"a\\\":\\\"")
                + stop(0)
                + block(1, tool("t2"))
                + stop(1)
                + block(2, tool("t3"))
                + input(2, " ")
                + stop(2)
                + block(3, tool("t4"))
                + input(3, "/* no */")
                + stop(3)
                + block(4, given)
                + stop(4)
                + end("max_tokens")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                "block 0 TOOL_USE " + tool("t1"),
                "TOOL_INPUT 0 {\\\"a\\\":\\\"",
                "end 0",
                "block 1 TOOL_USE " + tool("t2"),
                "end 1",
                "block 2 TOOL_USE " + tool("t3"),
                "TOOL_INPUT 2  ",
                "end 2",
                "block 3 TOOL_USE " + tool("t4"),
                "TOOL_INPUT 3 /* no */",
                "end 3",
                "block 4 TOOL_USE " + given,
                "end 4",
                "stop max_tokens",
                "completed");
    }

    @Test
    void unknownEventsPingsAndDoneAreIgnored() {
        String body = START
                + "event: ping\ndata: not json\n\n"
                + "data: {\"type\": \"ping\"}\n\n"
                + "event: new_event\ndata: not json\n\nevent: new_event\ndata: {broken\n\n"
                + event("{\"type\":\"new_event\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}")
                + "data: [DONE]\n\nevent: message_stop\ndata: [DONE]\n\ndata:\n\n"
                + event("{\"type\":\"content_block_delta\",\"index\":0}")
                + event("{\"type\":\"content_block_start\",\"index\":0}")
                + event("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"text\":\"\"}}")
                + delta(3, "{\"type\":\"new_delta\"}")
                + end("end_turn")
                + MESSAGE_STOP
                + "data: [DONE]\n\n";
        assertTold(body, STARTED, "stop end_turn", "completed");
    }

    @Test
    void whatComesAfterTheEndIsIgnored() {
        String body = START + end("end_turn") + MESSAGE_STOP + START + TEXT_BLOCK + text(0, "x")
                + error("api_error", "late") + "{";
        assertTold(body, STARTED, "stop end_turn", "completed");
    }

    @Test
    void theKindComesFromTheDataAndElseFromTheEventLine() {
        String body = """
                event: message_start
                data: {"message":{"id":"m","model":"x"}}

                event: content_block_start
                data: {"index":0,"content_block":{"type":"text","text":""}}

                event: message_stop
                data: {"type":"content_block_delta","index":0,"delta":{"text":"a"}}

                data: {"type":"content_block_stop","index":0}

                event: message_delta
                data: {"delta":{"stop_reason":"end_turn"}}

                event: message_stop
                data: {}

                """;
        assertTold(body, "start m x", TEXT_STARTED, "TEXT 0 a", "end 0", "stop end_turn", "completed");
    }

    @Test
    void aDeltaBeforeItsStartBeginsTheBlock() {
        String body = START
                + text(4, "a")
                + stop(4)
                + delta(5, "{\"type\":\"thinking_delta\",\"thinking\":\"b\"}")
                + delta(6, "{\"type\":\"signature_delta\",\"signature\":\"c\"}")
                + input(7, "")
                + input(7, "{}")
                + end("end_turn")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                TEXT_STARTED,
                "TEXT 0 a",
                "end 0",
                "block 1 THINKING " + THINKING,
                "THINKING 1 b",
                "block 2 THINKING " + THINKING,
                "SIGNATURE 2 c",
                "block 3 TOOL_USE {\"id\":\"toolu_msg_1\",\"type\":\"tool_use\",\"name\":\"\",\"input\":{}}",
                "TOOL_INPUT 3 {}",
                "end 1",
                "end 2",
                "end 3",
                "stop tool_use",
                "completed");
    }

    @Test
    void aDeltaOfAnotherKindClosesTheBlockAndOpensOneOfItsOwn() {
        String body = START
                + TEXT_BLOCK
                + delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}")
                + delta(0, "{\"type\":\"signature_delta\",\"signature\":\"s\"}")
                + text(0, "so")
                + input(0, "")
                + stop(0)
                + end("end_turn")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                TEXT_STARTED,
                "end 0",
                "block 1 THINKING " + THINKING,
                "THINKING 1 hm",
                "SIGNATURE 1 s",
                "end 1",
                "block 2 TEXT {\"type\":\"text\",\"text\":\"\"}",
                "TEXT 2 so",
                "end 2",
                "stop end_turn",
                "completed");
    }

    @Test
    void textInsideOfAToolCallDoesNotTearTheCall() {
        String body = START
                + block(0, tool("t"))
                + input(0, "{")
                + text(0, "aside")
                + input(0, "}")
                + delta(0, "{\"type\":\"signature_delta\",\"signature\":\"s\"}")
                + stop(0)
                + end("tool_use")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                "block 0 TOOL_USE " + tool("t"),
                "TOOL_INPUT 0 {",
                "block 1 TEXT {\"type\":\"text\",\"text\":\"\"}",
                "TEXT 1 aside",
                "TOOL_INPUT 0 }",
                "other 1 {\"type\":\"signature_delta\",\"signature\":\"s\"}",
                "end 0",
                "end 1",
                "stop tool_use",
                "completed");
    }

    @Test
    void blocksMayOverlap() {
        String body = START
                + TEXT_BLOCK
                + text(0, "a")
                + block(1, "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\"}")
                + input(1, "{")
                + text(0, "b")
                + input(1, "}")
                + stop(0)
                + stop(1)
                + end("tool_use")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                TEXT_STARTED,
                "TEXT 0 a",
                "block 1 TOOL_USE {\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\"}",
                "TOOL_INPUT 1 {",
                "TEXT 0 b",
                "TOOL_INPUT 1 }",
                "end 0",
                "end 1",
                "stop tool_use",
                "completed");
    }

    @Test
    void aBlockThatBeginsAtATakenIndexTakesItsPlace() {
        String body = START
                + TEXT_BLOCK
                + text(0, "a")
                + TEXT_BLOCK
                + text(0, "b")
                + stop(0)
                + stop(0)
                + end("end_turn")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                TEXT_STARTED,
                "TEXT 0 a",
                "end 0",
                "block 1 TEXT {\"type\":\"text\",\"text\":\"\"}",
                "TEXT 1 b",
                "end 1",
                "stop end_turn",
                "completed");
        String toolFirst = START
                + block(0, tool("t"))
                + TEXT_BLOCK
                + text(0, "b")
                + input(0, "{}")
                + end("tool_use")
                + MESSAGE_STOP;
        assertTold(
                toolFirst,
                STARTED,
                "block 0 TOOL_USE " + tool("t"),
                "block 1 TEXT {\"type\":\"text\",\"text\":\"\"}",
                "TEXT 1 b",
                "TOOL_INPUT 0 {}",
                "end 0",
                "end 1",
                "stop tool_use",
                "completed");
    }

    @Test
    void aStopWithoutAStartIsIgnored() {
        assertTold(START + stop(3) + end("end_turn") + MESSAGE_STOP, STARTED, "stop end_turn", "completed");
    }

    @Test
    void aMissingIndexMeansTheBlockBefore() {
        String body = START
                + TEXT_BLOCK
                + block(1, tool("t"))
                + event(
                        "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}")
                + event("{\"type\":\"content_block_stop\"}")
                + end("tool_use")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                TEXT_STARTED,
                "block 1 TOOL_USE " + tool("t"),
                "TOOL_INPUT 1 {}",
                "end 1",
                "end 0",
                "stop tool_use",
                "completed");
    }

    @Test
    void aSecondMessageStartIsIgnored() {
        assertTold(
                START + START + TEXT_BLOCK + START + end("end_turn") + MESSAGE_STOP,
                STARTED,
                TEXT_STARTED,
                "end 0",
                "stop end_turn",
                "completed");
    }

    @Test
    void aMessageWithoutItsStartIsStartedAllTheSame() {
        assertTold(
                TEXT_BLOCK + text(0, "a") + START + stop(0) + end("end_turn") + MESSAGE_STOP,
                "start  ",
                TEXT_STARTED,
                "TEXT 0 a",
                "end 0",
                "stop end_turn",
                "completed");
        assertThat(answer(TEXT_BLOCK + text(0, "a") + START + end("end_turn"))
                        .usage
                        .inputTokens())
                .isEqualTo(18);
        assertTold(text(0, "a") + MESSAGE_STOP, "start  ", TEXT_STARTED, "TEXT 0 a", "end 0", "stop null", "completed");
    }

    @Test
    void aSparseStartIsEnough() {
        assertTold(event("{\"type\":\"message_start\"}") + MESSAGE_STOP, "start  ", "stop null", "completed");
        RecordedAnswer answer =
                answer(event("{\"type\":\"message_start\",\"usage\":{\"input_tokens\":4},\"message\":{\"usage\":null}}")
                        + MESSAGE_STOP);
        assertThat(answer.usage).isEqualTo(new Usage(4, 0, 0, 0, 0));
    }

    @Test
    void aToolIdThatIsTakenOrMissingIsReplaced() {
        String body = START
                + block(0, tool("t"))
                + block(1, "{\"id\": \"t\", \"type\":\"tool_use\",\"name\":\"f\",\"input\":{\"id\":\"t\"}}")
                + block(2, "{\"type\":\"tool_use\",\"name\":\"f\"}")
                + block(3, "{\"type\":\"tool_use\",\"id\":\"\",\"name\":\"f\"}")
                + block(4, "{\"type\":\"tool_use\",\"id\": null,\"name\":\"f\"}")
                + block(5, "{\"type\":\"tool_use\",\"id\": 55 ,\"name\":\"f\"}")
                + block(6, "{\"type\":\"tool_use\",\"id\":{\"a\":1},\"name\":\"f\"}")
                + MESSAGE_STOP;
        assertThat(answer(body).told)
                .containsSubsequence(
                        "block 0 TOOL_USE " + tool("t"),
                        "block 1 TOOL_USE {\"id\": \"t_2\", \"type\":\"tool_use\",\"name\":\"f\",\"input\":{\"id\":\"t\"}}",
                        "block 2 TOOL_USE {\"id\":\"toolu_msg_1\",\"type\":\"tool_use\",\"name\":\"f\"}",
                        "block 3 TOOL_USE {\"type\":\"tool_use\",\"id\":\"toolu_msg_1_2\",\"name\":\"f\"}",
                        "block 4 TOOL_USE {\"type\":\"tool_use\",\"id\": \"toolu_msg_1_3\",\"name\":\"f\"}",
                        "block 5 TOOL_USE {\"type\":\"tool_use\",\"id\": \"toolu_msg_1_4\" ,\"name\":\"f\"}",
                        "block 6 TOOL_USE {\"type\":\"tool_use\",\"id\":\"toolu_msg_1_5\",\"name\":\"f\"}");
    }

    @Test
    void anEndOfTurnWithToolCallsIsAToolUse() {
        String call = START + block(0, tool("t")) + stop(0);
        assertThat(answer(call + end("end_turn") + MESSAGE_STOP).told).contains("stop tool_use");
        assertThat(answer(call + end("") + MESSAGE_STOP).told).contains("stop tool_use");
        assertThat(answer(call + end("max_tokens") + MESSAGE_STOP).told).contains("stop max_tokens");
        String server =
                START + block(0, "{\"type\":\"server_tool_use\",\"id\":\"s\",\"name\":\"web_search\"}") + stop(0);
        assertThat(answer(server + end("end_turn") + MESSAGE_STOP).told).contains("stop end_turn");
    }

    @Test
    void anEmptyStopReasonIsNone() {
        assertTold(START + end("") + MESSAGE_STOP, STARTED, "stop null", "completed");
    }

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
    void textAfterTheStopIsKeptAndTheStopToldAgain() {
        assertTold(
                START + end("end_turn") + text(0, "late") + MESSAGE_STOP,
                STARTED,
                "stop end_turn",
                TEXT_STARTED,
                "TEXT 0 late",
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
    void invalidUtf8IsReplacedAndRawControlCharactersAreEscaped() {
        byte[] body = (START + TEXT_BLOCK + text(0, "a\u0001b\u0002c") + text(0, "tab\tx\u0002") + end("end_turn"))
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == 1 ? (byte) 0xff : body[i];
        }
        assertThat(new RecordedAnswer().whole(body).told)
                .contains("TEXT 0 a\ufffdb\\u0002c", "TEXT 0 tab\\tx\\u0002")
                .endsWith("completed");
    }

    @Test
    void aLargePieceMayComeInManyWindows() {
        String piece = "0123456789abcdef".repeat(20_000);
        byte[] body = (START + TEXT_BLOCK + text(0, piece) + text(0, piece + "\\/") + end("end_turn"))
                .getBytes(StandardCharsets.UTF_8);
        assertThat(new RecordedAnswer().randomly(body, new Random(7)).told)
                .contains("TEXT 0 " + piece, "TEXT 0 " + piece + "\\/")
                .endsWith("completed");
    }

    @Test
    void aCancelFromInsideOfACallbackIsTheLastThingHeard() {
        String body = START
                + text(0, "a")
                + delta(0, "{ \"type\":\"text_delta\",\"text\":\"b\"}")
                + end("end_turn")
                + MESSAGE_STOP;
        for (boolean fast : new boolean[] {true, false}) {
            RecordedAnswer answer = fast ? new RecordedAnswer() : new RecordedAnswer().slow();
            StreamEventReader reader = answer.reader();
            answer.onDelta(reader::release);
            ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
            reader.read(bytes, 0, bytes.readableBytes());
            reader.end();
            bytes.release();
            assertThat(reader.begun()).isTrue();
            assertThat(answer.told).containsExactly(STARTED, TEXT_STARTED, "TEXT 0 a");
        }
    }

    @Test
    void nothingHasBegunBeforeTheFirstBlock() {
        RecordedAnswer answer = new RecordedAnswer();
        StreamEventReader reader = answer.reader();
        for (String part : List.of(START, text(0, ""))) {
            ByteBuf bytes = Unpooled.copiedBuffer(part, StandardCharsets.UTF_8);
            reader.read(bytes, 0, bytes.readableBytes());
            bytes.release();
            assertThat(reader.begun()).isFalse();
        }
        reader.release();
        assertThat(answer.told).containsExactly(STARTED);
    }

    private static ModelFailure.Kind kindOf(String type, String message) {
        ModelFailure failure = answer(error(type, message)).failure;
        if (failure == null) {
            throw new AssertionError("failure: null (expected: one of type " + type + ")");
        }
        return failure.kind();
    }

    private static RecordedAnswer answer(String body) {
        return new RecordedAnswer().whole(body);
    }

    /** However it is cut, with CRLF or CR as well, and with or without the fast path. */
    private static void assertTold(String body, String... expected) {
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

    private static String event(String data) {
        int from = data.indexOf("\"type\":\"") + 8;
        return "event: " + data.substring(from, data.indexOf('"', from)) + "\ndata: " + data + "\n\n";
    }

    private static String block(int index, String json) {
        return event("{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + json + "  }");
    }

    private static String stop(int index) {
        return event("{\"type\":\"content_block_stop\",\"index\":" + index + " }");
    }

    private static String delta(int index, String json) {
        return event("{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + json + "    }");
    }

    private static String text(int index, String escaped) {
        return delta(index, "{\"type\":\"text_delta\",\"text\":\"" + escaped + "\"}");
    }

    private static String input(int index, String escaped) {
        return delta(index, "{\"type\":\"input_json_delta\",\"partial_json\":\"" + escaped + "\"}");
    }

    private static String tool(String id) {
        return "{\"type\":\"tool_use\",\"id\":\"" + id
                + "\",\"name\":\"f\",\"input\":{},\"caller\":{\"type\":\"direct\"}}";
    }

    private static String end(String stopReason) {
        return event("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + stopReason
                + "\",\"stop_sequence\":null}  }");
    }

    private static String error(String type, String message) {
        return event("{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message + "\"}}");
    }
}
