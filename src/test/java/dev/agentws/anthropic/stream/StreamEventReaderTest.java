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
import static dev.agentws.anthropic.stream.AnswerText.event;
import static dev.agentws.anthropic.stream.AnswerText.input;
import static dev.agentws.anthropic.stream.AnswerText.stop;
import static dev.agentws.anthropic.stream.AnswerText.text;
import static dev.agentws.anthropic.stream.AnswerText.tool;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.agentws.agent.model.Usage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamEventReaderTest {
    /** Without leak detection, which allocates on each access. */
    private static final UnpooledByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true, true);

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
                "block 0 COMPACTION " + start,
                "other 0 " + compaction,
                "end 0",
                "stop compaction",
                "completed");
    }

    @Test
    void aSummaryOfTheApiIsCarriedWholeAndWhatItCostIsCounted() {
        String start = "{\"type\":\"compaction\",\"content\":null,\"encrypted_content\":null}";
        String compaction =
                "{\"type\":\"compaction_delta\",\"content\":\"said \\\"\\u00fc\\\"\\n\",\"encrypted_content\":\"x==\"}";
        String body = START
                + block(0, start)
                + delta(0, compaction)
                + stop(0)
                + TEXT_BLOCK.replace("\"index\":0", "\"index\":1")
                + text(1, "on")
                + stop(1)
                + event(
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":40,"
                                + "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":8,\"iterations\":["
                                + "{\"input_tokens\":70000,\"cache_read_input_tokens\":5,\"output_tokens\":900,\"type\":\"compaction\"},7,"
                                + "{\"input_tokens\":30,\"output_tokens\":6,\"type\":\"message\"}]},"
                                + "\"context_management\":{\"applied_edits\":[]}}")
                + MESSAGE_STOP;
        assertTold(
                body,
                STARTED,
                "block 0 COMPACTION " + start,
                "other 0 " + compaction,
                "end 0",
                "block 1 TEXT {\"type\":\"text\",\"text\":\"\"}",
                "TEXT 1 on",
                "end 1",
                "stop end_turn",
                "completed");
        Usage usage = answer(body).usage;
        assertThat(usage.filledTokens()).isEqualTo(36);
        assertThat(usage.compactions()).containsExactly(new Usage(70_000, 900, 0, 0, 5));
        Usage account = Usage.NONE.plus(usage);
        assertThat(account).isEqualTo(new Usage(70_040, 908, 0, 0, 5));
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
    void invalidUtf8IsReplacedAndRawControlCharactersAreEscaped() {
        byte[] body = (START + TEXT_BLOCK + text(0, "a\u0001b\u0002c") + text(0, "tab\tx\u0002") + end("end_turn"))
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == 1 ? (byte) 0xff : body[i];
        }
        assertThat(new RecordedAnswer().whole(body).told)
                .contains("TEXT 0 a\ufffdb\\u0002c", "TEXT 0 tab\\u0009x\\u0002")
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

    @Test
    void theFastPathAllocatesNothing() {
        long[] characters = new long[1];
        StreamEventReader reader = new StreamEventReader(
                new SilentListener(characters), new RecordedAnswer(), StreamLimits.DEFAULT, ALLOCATOR, () -> null);
        byte[] body = text(0, "twenty characters so").repeat(100).getBytes(StandardCharsets.UTF_8);
        ByteBuf window = ALLOCATOR.directBuffer(body.length).writeBytes(body);
        reader.read(window, 0, body.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 100; i++) {
            reader.read(window, 0, body.length);
        }
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        reader.release();
        window.release();
        assertThat(characters[0]).isEqualTo(101 * 100 * 20);
        // asking costs something itself; a single object per event would come to more than ten times this
        assertThat(allocated).isLessThan(10_000);
    }
}
