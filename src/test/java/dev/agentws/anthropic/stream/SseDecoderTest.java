package dev.agentws.anthropic.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SseDecoderTest {
    /** Counts what is not given back. */
    private static final UnpooledByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true, true);

    @AfterEach
    void nothingIsHeld() {
        assertThat(ALLOCATOR.metric().usedDirectMemory()).isZero();
    }

    @Test
    void anEventWithDataIsDispatched() {
        assertThat(decoded("event: ping\ndata: {\"foo\":true}\n\n")).containsExactly("PING {\"foo\":true}");
    }

    @Test
    void dataWithoutAnEventLineIsDispatched() {
        assertThat(decoded("data: {\"foo\":true}\n\n")).containsExactly("NONE {\"foo\":true}");
    }

    @Test
    void anEventWithoutDataIsNotDispatched() {
        assertThat(decoded("event: ping\n\n")).isEmpty();
        assertThat(decoded("event: ping\n\ndata: x\n\n")).containsExactly("NONE x");
    }

    @Test
    void eventsFollowEachOther() {
        assertThat(decoded("event: ping\ndata: 1\n\nevent: completion\ndata: 2\n\nevent: error\ndata: 3\n\n"))
                .containsExactly("PING 1", "UNKNOWN 2", "ERROR 3");
    }

    @Test
    void severalDataLinesAreJoinedByLineFeeds() {
        assertThat(decoded("event: ping\ndata: {\ndata: \"foo\":\ndata: \ndata:\ndata: true}\n\n"))
                .containsExactly("PING {\n\"foo\":\n\n\ntrue}");
        assertThat(decoded("data:\ndata:\n\n")).containsExactly("NONE \n");
    }

    @Test
    void escapedLineFeedsInsideOfDataStayData() {
        assertThat(decoded("data: {\"foo\":\"my long\\n\\ncontent\"}\n\n"))
                .containsExactly("NONE {\"foo\":\"my long\\n\\ncontent\"}");
    }

    @Test
    void theLineSeparatorOfUnicodeEndsNoLine() {
        assertThat(decoded("data: a\u2028b\u2029c\u0085d\n\n")).containsExactly("NONE a\u2028b\u2029c\u0085d");
    }

    @Test
    void charactersOfSeveralBytesSurviveCuts() {
        assertThat(decoded("data: \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u0438 \u4e2d\u6587 \ud83d\ude00\n\n"))
                .containsExactly("NONE \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u0438 \u4e2d\u6587 \ud83d\ude00");
    }

    @Test
    void lineEndsMayBeOfAnyKindAndMixed() {
        assertThat(decoded("event: ping\r\ndata: 1\r\n\r\ndata: 2\r\r\rdata: 3\n\rdata: 4\r\n\ndata: 5\r\r\r\n"))
                .containsExactly("PING 1", "NONE 2", "NONE 3", "NONE 4", "NONE 5");
    }

    @Test
    void theLastEventIsDispatchedWithoutItsBlankLine() {
        assertThat(decoded("data: 1\n\nevent: ping\ndata: 2")).containsExactly("NONE 1", "PING 2");
        assertThat(decoded("data: 1\r")).containsExactly("NONE 1");
        assertThat(decoded("data: 1\n")).containsExactly("NONE 1");
    }

    @Test
    void aFieldNeedsNoColonAndLosesOneSpaceOnly() {
        assertThat(decoded("data\n\n")).containsExactly("NONE ");
        assertThat(decoded("data:x\n\n")).containsExactly("NONE x");
        assertThat(decoded("data:  x \n\n")).containsExactly("NONE  x ");
        assertThat(decoded("data: 1\nevent\n\n")).containsExactly("NONE 1");
        assertThat(decoded("event: ping\nevent\ndata: 1\n\n")).containsExactly("NONE 1");
    }

    @Test
    void commentsIdsRetriesAndUnknownFieldsAreIgnored() {
        assertThat(
                        decoded(
                                ": hello\n\n:\n:x\nid: 7\nretry: 10\ndata: 1\n: in between\ndatax: 2\ndat: 3\n data: 4\n\n: bye"))
                .containsExactly("NONE 1");
    }

    @Test
    void aByteOrderMarkIsSkippedAtTheBeginningOnly() {
        assertThat(decoded("\ufeffdata: 1\n\n\ufeffdata: 2\n\ndata: 3\n\n")).containsExactly("NONE 1", "NONE 3");
        assertThat(decoded("\ufeff\ndata: 1\n\n")).containsExactly("NONE 1");
        assertThat(decoded("\ufeff: x\n\ufeffdata: 1\n\n")).isEmpty();
    }

    @Test
    void aVeryLargeEventIsPutTogetherInLinearTime() {
        int megabytes = 2;
        Recorder recorder = new Recorder();
        SseDecoder decoder = new SseDecoder(recorder, ALLOCATOR, 16 << 20);
        ByteBuf part = ALLOCATOR.directBuffer(1024).writeBytes("x".repeat(1024).getBytes(StandardCharsets.US_ASCII));
        ByteBuf head = Unpooled.copiedBuffer("data: ", StandardCharsets.US_ASCII);
        ByteBuf tail = Unpooled.copiedBuffer("\n\n", StandardCharsets.US_ASCII);
        decoder.feed(head, 0, head.readableBytes());
        for (int i = 0; i < megabytes * 1024; i++) {
            decoder.feed(part, 0, 1024);
        }
        decoder.feed(tail, 0, 2);
        decoder.release();
        part.release();
        assertThat(recorder.lengths).containsExactly(megabytes << 20);
        // offered in its first window and when it is whole, never in between
        assertThat(recorder.offered).isEqualTo(2);
    }

    @Test
    void anEventOverTheLimitStopsTheDecoderHoweverItIsCut() {
        String body = "data: 1\n\ndata: " + "x".repeat(1100) + "\n\ndata: 2\n\n";
        for (int window : new int[] {1, 7, 500, 4096}) {
            Recorder recorder = new Recorder();
            SseDecoder decoder = new SseDecoder(recorder, ALLOCATOR, 1024);
            feed(decoder, body.getBytes(StandardCharsets.UTF_8), window, window, new Random(1));
            decoder.end();
            decoder.release();
            assertThat(recorder.events).containsExactly("NONE 1", "too large 1024");
        }
    }

    @Test
    void commentsWithoutEndCostNoMemory() {
        Recorder recorder = new Recorder();
        SseDecoder decoder = new SseDecoder(recorder, ALLOCATOR, 1024);
        byte[] comments = ": keep alive\n".repeat(500).getBytes(StandardCharsets.UTF_8);
        feed(decoder, comments, 5, 5, new Random(1));
        feed(decoder, "data: 1\n\n".getBytes(StandardCharsets.UTF_8), 1, 1, new Random(1));
        decoder.release();
        assertThat(recorder.events).containsExactly("NONE 1");
    }

    @Test
    void aReleaseFromInsideOfACallbackEndsTheDecoding() {
        for (int window : new int[] {1, 3, 4096}) {
            Recorder recorder = new Recorder();
            SseDecoder decoder = new SseDecoder(recorder, ALLOCATOR, 1024);
            recorder.onEvent = decoder::release;
            feed(
                    decoder,
                    "data: 1\ndata: 2\n\ndata: 3\n\n".getBytes(StandardCharsets.UTF_8),
                    window,
                    window,
                    new Random(1));
            decoder.end();
            assertThat(recorder.events).containsExactly("NONE 1\n2");
        }
    }

    @Test
    void aWholeEventCanBeTakenBeforeItIsDecoded() {
        Recorder recorder = new Recorder();
        recorder.takes = "data: take\n\n".length();
        SseDecoder decoder = new SseDecoder(recorder, ALLOCATOR, 1024);
        feed(
                decoder,
                "data: take\n\ndata: read\n\ndata: take\n\n".getBytes(StandardCharsets.UTF_8),
                5,
                5,
                new Random(1));
        decoder.release();
        assertThat(recorder.events).containsExactly("taken", "NONE read", "taken");
    }

    /** What comes out, having made sure that it is the same whole, byte by byte and cut at random. */
    private static List<String> decoded(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        List<String> whole = decoded(bytes, bytes.length, bytes.length, new Random(1));
        assertThat(decoded(bytes, 1, 1, new Random(1))).isEqualTo(whole);
        for (int seed = 0; seed < 30; seed++) {
            assertThat(decoded(bytes, 1, 12, new Random(seed)))
                    .as("seed %s", seed)
                    .isEqualTo(whole);
        }
        return whole;
    }

    private static List<String> decoded(byte[] body, int least, int most, Random random) {
        Recorder recorder = new Recorder();
        SseDecoder decoder = new SseDecoder(recorder, ALLOCATOR, 1 << 20);
        feed(decoder, body, least, most, random);
        decoder.end();
        decoder.release();
        return recorder.events;
    }

    private static void feed(SseDecoder decoder, byte[] body, int least, int most, Random random) {
        int at = 0;
        while (at < body.length) {
            int length = Math.min(body.length - at, least + (most > least ? random.nextInt(most - least) : 0));
            ByteBuf window = ALLOCATOR.directBuffer(length).writeBytes(body, at, length);
            decoder.feed(window, 0, length);
            window.release();
            at += length;
        }
    }

    private static final class Recorder implements SseDecoder.Sink {
        final List<String> events = new ArrayList<>();
        final List<Integer> lengths = new ArrayList<>();
        Runnable onEvent = () -> {};
        int offered;
        int takes = -1;

        @Override
        public int takeWhole(ByteBuf buf, int from, int end) {
            offered++;
            boolean mine = takes > 0
                    && end - from >= takes
                    && buf.toString(from, 10, StandardCharsets.UTF_8).equals("data: take");
            if (mine) {
                events.add("taken");
            }
            return mine ? from + takes : -1;
        }

        @Override
        public void event(StreamEvent name, ByteBuf buf, int offset, int length) {
            lengths.add(length);
            events.add(name + " " + (length > 10_000 ? "" : buf.toString(offset, length, StandardCharsets.UTF_8)));
            onEvent.run();
        }

        @Override
        public void tooLarge(int maxEventBytes) {
            events.add("too large " + maxEventBytes);
        }
    }
}
