package dev.agentws.anthropic.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoder must read every proper response as Netty's own does, wherever the bytes are cut. */
class ResponseDecoderOracleTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomResponsesAreReadAsNettyReadsThem(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            byte[] response = randomResponse(random);
            assertSame(response, cutsAt(random, response.length));
            assertSame(response, everyByte(response.length));
            assertSame(response, List.of(response.length));
        }
    }

    @Test
    void everySingleCutIsSurvived() {
        byte[] response = String.join(
                        "\r\n",
                        "HTTP/1.1 100 Continue",
                        "",
                        "HTTP/1.1 200 OK",
                        "Request-Id: r",
                        "Transfer-Encoding: chunked",
                        "",
                        "5;x",
                        "hello",
                        "10",
                        "0123456789abcdef",
                        "0",
                        "A: b",
                        "",
                        "")
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int cut = 1; cut < response.length; cut++) {
            assertSame(response, List.of(cut, response.length - cut));
        }
    }

    @Test
    void readingChunksAllocatesNothing() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] bytesSeen = new long[1];
        ResponseDecoder decoder = new ResponseDecoder(new CountingSink(bytesSeen));
        decoder.begin();
        ByteBuf head = ascii("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        decoder.feed(head);
        ByteBuf chunks = ascii(("e6\r\n" + "x".repeat(230) + "\r\n").repeat(50));
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 50; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20; i++) {
                decoder.feed(chunks);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(bytesSeen[0]).isEqualTo(50L * 20 * 50 * 230);
        assertThat(least).isZero();
        head.release();
        chunks.release();
    }

    private static void assertSame(byte[] response, List<Integer> pieces) {
        ResponseRecorder ours = new ResponseRecorder();
        ResponseDecoder decoder = new ResponseDecoder(ours);
        decoder.begin();
        int at = 0;
        for (int length : pieces) {
            ByteBuf piece = Unpooled.wrappedBuffer(response, at, length);
            decoder.feed(piece);
            at += length;
        }
        decoder.close();
        String text = new String(response, StandardCharsets.ISO_8859_1);
        assertThat(ours.ends).as(text).singleElement().isIn("reusable", "close");
        assertThat(told(ours)).as(text).isEqualTo(oracle(response));
    }

    private static String told(ResponseRecorder recorder) {
        ResponseHead head = recorder.heads.get(0);
        return head.status() + " " + head.fields() + " " + recorder.body;
    }

    private static String oracle(byte[] response) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpClientCodec());
        channel.writeInbound(Unpooled.wrappedBuffer(response));
        channel.finish();
        String head = "";
        StringBuilder body = new StringBuilder();
        for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
            if (part instanceof HttpResponse answer && answer.status().code() >= 200) {
                assertThat(answer.decoderResult().isSuccess()).isTrue();
                List<String> fields = new ArrayList<>();
                for (Map.Entry<String, String> field : answer.headers()) {
                    fields.add(field.getKey().toLowerCase(Locale.ROOT));
                    fields.add(field.getValue());
                }
                head = answer.status().code() + " " + fields + " ";
            } else if (part instanceof HttpContent content) {
                assertThat(content.decoderResult().isSuccess()).isTrue();
                body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            }
            ReferenceCountUtil.release(part);
        }
        assertThat(channel.finish()).isFalse();
        return head + body;
    }

    private static byte[] randomResponse(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            text.append("HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n");
        }
        int[] statuses = {200, 201, 400, 429, 500, 529};
        text.append("HTTP/1.1 ")
                .append(statuses[random.nextInt(statuses.length)])
                .append(" Some Words\r\n");
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append("X-")
                    .append(word(random))
                    .append(":  ")
                    .append(word(random))
                    .append(" \r\n");
        }
        String body = word(random).repeat(random.nextInt(20));
        switch (random.nextInt(3)) {
            case 0 ->
                text.append("Content-Length: ")
                        .append(body.length())
                        .append("\r\n\r\n")
                        .append(body);
            case 1 -> text.append("\r\n").append(body);
            default -> chunk(random, text.append("Transfer-Encoding: Chunked\r\n\r\n"), body);
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void chunk(Random random, StringBuilder text, String body) {
        int at = 0;
        while (at < body.length()) {
            int length = 1 + random.nextInt(Math.min(40, body.length() - at));
            text.append("0".repeat(random.nextInt(3))).append(Integer.toHexString(length));
            text.append(random.nextInt(4) == 0 ? ";a=b" : "").append("\r\n");
            text.append(body, at, at + length).append("\r\n");
            at += length;
        }
        text.append("0\r\n")
                .append(random.nextInt(3) == 0 ? "Trailer: x\r\n" : "")
                .append("\r\n");
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }

    private static List<Integer> cutsAt(Random random, int length) {
        List<Integer> pieces = new ArrayList<>();
        int left = length;
        while (left > 0) {
            int piece = 1 + random.nextInt(Math.min(left, 50));
            pieces.add(piece);
            left -= piece;
        }
        return pieces;
    }

    private static List<Integer> everyByte(int length) {
        return Collections.nCopies(length, 1);
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private record CountingSink(long[] bytesSeen) implements ResponseDecoder.Sink {
        @Override
        public void onHead(ResponseHead head) {}

        @Override
        public void onBody(ByteBuf bytes, int offset, int length) {
            bytesSeen[0] += length;
        }

        @Override
        public void onEnd(boolean reusable) {}

        @Override
        public void onBroken(String why) {}

        @Override
        public void onMalformed(String why) {}
    }
}
