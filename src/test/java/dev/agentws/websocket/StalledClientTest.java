package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How much memory a client takes that has stopped reading while its models talk on: buffers that wait to be written, the batch that is
 * being gathered, and what has been read of the models and cannot be passed on. Not counted: what a session keeps for all clients, and
 * the beginning of an event that is cut, which is shorter than the event.
 */
final class StalledClientTest {
    private static final int KIB = 1024;
    /** What is promised, whatever the number of sessions. */
    private static final int CLIENT = 128 * KIB;

    private static final byte[] PING = {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0};
    /** More than it takes until everything stands still; the models would say 9 MiB each in so many. */
    private static final int ROUNDS = 300;

    @ParameterizedTest
    @CsvSource({
        "1, 0, false", "1, 100, false", "50, 0, false", "50, 100, false",
        "1, 0, true", "1, 100, true", "50, 0, true", "50, 100, true"
    })
    void aStalledClientHolds128KibHoweverManySessionsTalkToIt(int sessions, int windowMs, boolean http2)
            throws Exception {
        Supplier<HandSocket.FarEnd> models = http2 ? SharedAnswer::new : EndlessAnswer::new;
        try (HandLoop loop = new HandLoop(config(windowMs), http2, models)) {
            stall(loop, sessions, windowMs);
            assertThat(loop.mostHeld()).isBetween(32L * KIB, (long) CLIENT);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatCameMeanwhileIsThereWhenItReadsAgainHoweverLittleIsKeptForOthers(boolean http2) throws Exception {
        Supplier<HandSocket.FarEnd> models = http2 ? SharedAnswer::new : EndlessAnswer::new;
        try (HandLoop loop = new HandLoop(config(0), http2, models)) {
            Numbers numbers = stall(loop, 3, 0);
            loop.client.flow();
            rounds(loop);
            numbers.check(loop.received());
            assertThat(numbers.last.values()).hasSize(3).allMatch(last -> last > 1000);
        }
    }

    @Test
    void aLongAnswerThatIsShownOnceMoreAsAWholeIsCopiedOnlyAsFastAsItIsRead() throws Exception {
        EndlessAnswer answer = new EndlessAnswer().onDemand();
        Deque<EndlessAnswer> answers = new ArrayDeque<>(List.of(answer, new EndlessAnswer().onDemand()));
        try (HandLoop loop = new HandLoop(config(0), false, answers::remove)) {
            loop.prompt("s0");
            answer.more(5_000);
            rounds(loop);
            assertThat(messages(loop.received())).hasSizeGreaterThan(5_000);
            loop.client.stall();
            loop.forget();
            answer.end();
            rounds(loop);
            loop.prompt("s1");
            rounds(loop);
            loop.say(PING);
            loop.say(PING);
            rounds(loop);
            assertThat(loop.mostHeld()).isBetween(32L * KIB, (long) CLIENT);
            loop.client.flow();
            rounds(loop);
            List<String> late = messages(loop.received());
            String text = "sixty characters of text, which is what a model says at once. ".repeat(5_000);
            assertThat(late)
                    .filteredOn(each -> each.contains(text))
                    .singleElement()
                    .satisfies(whole -> assertThat(whole)
                            .startsWith("{\"type\":\"agent_message\",\"content\":\"" + text + "\",\"complete\":true,")
                            .endsWith("}"));
            assertThat(late)
                    .containsOnlyOnce("pong")
                    .anyMatch(each -> each.startsWith("{\"type\":\"agent_result\""))
                    .anyMatch(each -> each.startsWith("{\"type\":\"session_created\""));
        }
    }

    /** What was sent, each text in one frame. */
    private static List<String> messages(String bytes) {
        List<String> all = new ArrayList<>();
        ByteBuf frames = Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1);
        while (frames.isReadable()) {
            int start = frames.readUnsignedByte();
            int length = frames.readUnsignedByte();
            if (length == 126) {
                length = frames.readUnsignedShort();
            } else if (length == 127) {
                length = (int) frames.readLong();
            }
            String content =
                    frames.readCharSequence(length, StandardCharsets.UTF_8).toString();
            assertThat(start).as("a whole text or a pong").isIn(0x81, 0x8a);
            all.add(start == 0x81 ? content : "pong");
        }
        return all;
    }

    /** The numbers of the frames of each session, which follow each other. */
    private static final class Numbers {
        private static final Pattern NUMBER = Pattern.compile("\"session_id\":\"(s\\d+)\"[^}]*\"seq\":(\\d+)");

        final Map<String, Long> last = new HashMap<>();

        void check(String received) {
            Matcher found = NUMBER.matcher(received);
            while (found.find()) {
                long seq = Long.parseLong(found.group(2));
                Long before = last.put(found.group(1), seq);
                assertThat(seq).isEqualTo(before == null ? 1 : before + 1);
            }
        }

        /** Whether the models of so many sessions talk. */
        boolean heard(int sessions) {
            return last.size() == sessions && last.values().stream().allMatch(seq -> seq > 10);
        }
    }

    private static WebSocketConfig config(int windowMs) {
        return WebSocketConfig.defaults().withFlushWindow(Duration.ofMillis(windowMs));
    }

    /** Lets the models talk for a while, then to a client that takes nothing any more, until nothing moves. */
    private static Numbers stall(HandLoop loop, int sessions, int windowMs) throws IOException {
        for (int i = 0; i < sessions; i++) {
            loop.prompt("s" + i);
        }
        Numbers numbers = new Numbers();
        for (int i = 0; i < ROUNDS && !numbers.heard(sessions); i++) {
            loop.round();
            loop.pass(Duration.ofMillis(windowMs));
            numbers.check(loop.received());
        }
        assertThat(numbers.heard(sessions)).isTrue();
        loop.client.stall();
        loop.forget();
        // Within the window nothing is flushed, and only the batch's own limit keeps it from growing.
        rounds(loop);
        loop.pass(Duration.ofMillis(windowMs));
        rounds(loop);
        long still = loop.client.held();
        rounds(loop);
        assertThat(loop.client.held()).as("nothing moves").isEqualTo(still);
        return numbers;
    }

    private static void rounds(HandLoop loop) {
        for (int i = 0; i < ROUNDS; i++) {
            loop.round();
        }
    }

    /** An API over HTTP/2 that answers every question with text that no test hears the end of. */
    private static final class SharedAnswer implements HandSocket.FarEnd {
        private static final byte[] ENDLESS =
                (EndlessAnswer.START + EndlessAnswer.PIECE.repeat(10_000)).getBytes(StandardCharsets.US_ASCII);

        private final ByteBuf onTheWay = Unpooled.buffer();
        private final EmbeddedChannel codec = new EmbeddedChannel(
                Http2FrameCodecBuilder.forServer().validateHeaders(false).build(), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        if (msg instanceof Http2DataFrame data) {
                            ctx.write(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes())
                                    .stream(data.stream()));
                            if (data.isEndStream()) {
                                answer(ctx, data);
                            }
                        }
                        ReferenceCountUtil.release(msg);
                    }
                });

        SharedAnswer() {
            // It lives as long as its test, and so does what it has not sent.
            codec.config().setAllocator(new UnpooledByteBufAllocator(false, true));
        }

        private static void answer(ChannelHandlerContext ctx, Http2DataFrame asked) {
            DefaultHttp2Headers head = new DefaultHttp2Headers(false);
            head.status("200").add("content-type", "text/event-stream");
            ctx.write(new DefaultHttp2HeadersFrame(head, false).stream(asked.stream()));
            // The codec sends as much of it as the client's windows allow.
            ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(ENDLESS), false).stream(asked.stream()));
        }

        @Override
        public void take(ByteBuf bytes) {
            codec.writeInbound(Unpooled.copiedBuffer(bytes));
        }

        @Override
        public void give(ByteBuf into) {
            // It writes no more at a time than a socket would take, and goes on when it is asked to.
            codec.flush();
            for (ByteBuf next = codec.readOutbound(); next != null; next = codec.readOutbound()) {
                onTheWay.discardReadBytes().writeBytes(next);
                next.release();
            }
            into.writeBytes(onTheWay, Math.min(into.writableBytes(), onTheWay.readableBytes()));
        }
    }
}
