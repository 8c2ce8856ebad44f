package dev.agentws.anthropic.stream;

import static dev.agentws.anthropic.stream.AnswerText.MESSAGE_STOP;
import static dev.agentws.anthropic.stream.AnswerText.START;
import static dev.agentws.anthropic.stream.AnswerText.STARTED;
import static dev.agentws.anthropic.stream.AnswerText.TEXT_BLOCK;
import static dev.agentws.anthropic.stream.AnswerText.TEXT_STARTED;
import static dev.agentws.anthropic.stream.AnswerText.THINKING;
import static dev.agentws.anthropic.stream.AnswerText.answer;
import static dev.agentws.anthropic.stream.AnswerText.assertTold;
import static dev.agentws.anthropic.stream.AnswerText.block;
import static dev.agentws.anthropic.stream.AnswerText.delta;
import static dev.agentws.anthropic.stream.AnswerText.end;
import static dev.agentws.anthropic.stream.AnswerText.error;
import static dev.agentws.anthropic.stream.AnswerText.event;
import static dev.agentws.anthropic.stream.AnswerText.input;
import static dev.agentws.anthropic.stream.AnswerText.stop;
import static dev.agentws.anthropic.stream.AnswerText.text;
import static dev.agentws.anthropic.stream.AnswerText.tool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.Usage;
import org.junit.jupiter.api.Test;

class StreamLeniencyTest {
    @Test
    void unknownEventsPingsAndDoneAreIgnored() {
        String body = START
                + "event: ping\ndata: not json\n\nevent: ping\ndata: {broken\n\ndata: not json\n\n"
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
    void aBlockOfAnUnknownTypeTakesToolInputAndLetsTextStandBesideIt() {
        String news = "{\"type\":\"server_tool_use\",\"id\":\"s\",\"input\":{}}";
        assertTold(
                START + block(0, news) + input(0, "{}") + text(0, "a") + stop(0) + end("end_turn") + MESSAGE_STOP,
                STARTED,
                "block 0 OTHER " + news,
                "TOOL_INPUT 0 {}",
                "block 1 TEXT {\"type\":\"text\",\"text\":\"\"}",
                "TEXT 1 a",
                "end 0",
                "end 1",
                "stop end_turn",
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
        assertTold(
                event("{\"type\":\"message_start\"}") + text(0, "a") + MESSAGE_STOP,
                "start  ",
                TEXT_STARTED,
                "TEXT 0 a",
                "end 0",
                "stop null",
                "completed");
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
        assertTold(
                START + text(0, "a") + end("") + MESSAGE_STOP,
                STARTED,
                TEXT_STARTED,
                "TEXT 0 a",
                "end 0",
                "stop null",
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
}
