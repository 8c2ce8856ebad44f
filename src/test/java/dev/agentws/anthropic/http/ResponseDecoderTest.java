package dev.agentws.anthropic.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // the lines end in CRLF, those of a text block do not
class ResponseDecoderTest {
    private final ResponseRecorder told = new ResponseRecorder();
    private final ResponseDecoder decoder = new ResponseDecoder(told);

    @Test
    void aChunkedBodyIsHandedOnWithoutItsFraming() {
        read(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n3\r\nabc\r\n000A;x=\"y\"\r\n0123456789\r\n0\r\n"
                        + "Trailer: dropped\r\n\r\n");

        assertThat(told.heads).hasSize(1);
        assertThat(told.heads.get(0).status()).isEqualTo(200);
        assertThat(told.heads.get(0).first("x-a")).isEqualTo("b");
        assertThat(told.body).hasToString("abc0123456789");
        assertThat(told.ends).containsExactly("reusable");
    }

    @Test
    void aBodyOfKnownLengthEndsThere() {
        read("HTTP/1.1 500\r\ncontent-length: 5\r\n\r\nhello");

        assertThat(told.body).hasToString("hello");
        assertThat(told.ends).containsExactly("reusable");
    }

    @Test
    void anEmptyBodyEndsWithTheHead() {
        read("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");

        assertThat(told.ends).containsExactly("reusable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void aStatusWithoutABodyEndsWithTheHead(String status) {
        read("HTTP/1.1 " + status + "\r\ncontent-length: 7\r\n\r\n");

        assertThat(told.body).isEmpty();
        assertThat(told.ends).containsExactly("reusable");
    }

    @Test
    void aBodyWithoutFramingEndsWithTheConnection() {
        read("HTTP/1.1 200 OK\r\n\r\nabc");
        read("def");
        assertThat(told.ends).isEmpty();

        decoder.close();

        assertThat(told.body).hasToString("abcdef");
        assertThat(told.ends).containsExactly("close");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: x, Close\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naEXTRA",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nH",
            })
    void aConnectionThatIsClosingOrAheadOfItsTurnIsNotReused(String response) {
        read(response);

        assertThat(told.ends).containsExactly("close");
    }

    @Test
    void anOldServerMayKeepTheConnection() {
        read("HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 0\r\n\r\n");

        assertThat(told.ends).containsExactly("reusable");
    }

    @Test
    void interimResponsesAreSkipped() {
        read(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nz");

        assertThat(told.heads).extracting(ResponseHead::status).containsExactly(200);
        assertThat(told.body).hasToString("z");
        assertThat(told.ends).containsExactly("reusable");
    }

    @Test
    void twoResponsesCanBeReadInTurn() {
        read("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na");
        read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n");

        assertThat(told.body).hasToString("ab");
        assertThat(told.ends).containsExactly("reusable", "reusable");
    }

    @ParameterizedTest
    @MethodSource("ambiguities")
    void whatCouldBeReadInTwoWaysIsRefused(String response, String reason) {
        read(response);

        assertThat(told.ends)
                .hasSize(1)
                .first()
                .asString()
                .startsWith("malformed response")
                .contains(reason);
        assertThat(decoder.isOpen()).isFalse();
    }

    static Stream<Object[]> ambiguities() {
        String ok = "HTTP/1.1 200 OK\r\n";
        String chunked = ok + "transfer-encoding: chunked\r\n\r\n";
        return Stream.of(new Object[][] {
            {"HTTP/1.1 200 OK\ncontent-length: 0\n\n", "LF without CR"},
            {"\r\nHTTP/1.1 200 OK\r\n\r\n", "empty line before"},
            {"HTTP/1.1 200 OK\rX", "CR without LF"},
            {"HTTP/1.1 200 O\0K\r\n\r\n", "control character 0"},
            {"HTTP/2.0 200 OK\r\n\r\n", "status line"},
            {"HTTP/1.1 20 OK\r\n\r\n", "status line"},
            {"HTTP/1.1 600 OK\r\n\r\n", "status line"},
            {"HTTP/1.1 2000 OK\r\n\r\n", "status line"},
            {"HTTP/1.1  200 OK\r\n\r\n", "status line"},
            {"HTTP/1.1 101 Switching\r\n\r\n", "unexpected status 101"},
            {"HTTP/1.1 100 C\r\n\r\n".repeat(17), "unexpected status 100"},
            {ok + "x: 1\r\n folded\r\n\r\n", "folded"},
            {ok + "no colon\r\n\r\n", "proper header name"},
            {ok + "name : 1\r\n\r\n", "proper header name"},
            {ok + ": 1\r\n\r\n", "proper header name"},
            {ok + "x: a\u007Fb\r\n\r\n", "control character 127"},
            {ok + "x: 1\r\n".repeat(101) + "\r\n", "more than 100 headers"},
            {ok + "x: " + "y".repeat(17_000), "more than 16384 bytes"},
            {ok + "content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", "both"},
            {ok + "content-length: 1\r\ncontent-length: 1\r\n\r\n", "more than one"},
            {ok + "content-length: 1, 1\r\n\r\n", "not a number"},
            {ok + "content-length: +1\r\n\r\n", "not a number"},
            {ok + "content-length: \r\n\r\n", "not a number"},
            {ok + "content-length: 1234567890123456789\r\n\r\n", "not a number"},
            {ok + "transfer-encoding: gzip, chunked\r\n\r\n", "other than chunked"},
            {ok + "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n", "more than one"},
            {"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "over HTTP/1.1"},
            {chunked + "\r\n", "chunk size"},
            {chunked + " 1\r\n", "chunk size"},
            {chunked + "1 \r\n", "chunk size"},
            {chunked + "0x1\r\n", "chunk size"},
            {chunked + "-1\r\n", "chunk size"},
            {chunked + "1\n", "chunk size"},
            {chunked + "1\rX", "CR without LF"},
            {chunked + "123456789\r\n", "more than 8 digits"},
            {chunked + "00000000000000001\r\n", "more than 8 digits"},
            {chunked + "1;" + "x".repeat(257), "too long"},
            {chunked + "1;a\nb", "control character"},
            {chunked + "1\r\nab\r\n", "longer than its size"},
            {chunked + "1\r\na\rb", "CR without LF after the data"},
            {chunked + "0\r\nx: 1\n", "control character"},
            {chunked + "0\r\nx: 1\rY", "trailers: CR without LF"},
            {chunked + "0\r\n\rY", "trailers: CR without LF"},
            {chunked + "0\r\n" + "x: 1\r\n".repeat(1400), "more than 8192 bytes"},
        });
    }

    @Test
    void theFullSizeOfAChunkIsUnderstood() {
        read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n00000000FfFfFfFf\r\nab");

        assertThat(told.body).hasToString("ab");
        assertThat(told.ends).isEmpty();
        decoder.stop();
    }

    @Test
    void anEarlyEndNamesWhatIsMissing() {
        decoder.begin();
        decoder.close();
        read("HTTP/1.1 2");
        decoder.close();
        read("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na");
        decoder.close();
        read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n");
        decoder.close();
        decoder.close();

        assertThat(told.ends)
                .containsExactly(
                        "broken: the connection was closed before an answer",
                        "broken: the connection was closed in the middle of the response head",
                        "broken: the connection was closed in the middle of the response body",
                        "broken: the connection was closed in the middle of the response body");
    }

    @Test
    void nothingFollowsOnceTheResponseIsGivenUp() {
        ResponseDecoder[] self = new ResponseDecoder[1];
        ResponseRecorder recorder = new ResponseRecorder();
        self[0] = new ResponseDecoder(new StoppingSink(recorder, self));
        self[0].begin();
        ByteBuf bytes = ascii("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n");

        self[0].feed(bytes);
        self[0].close();

        assertThat(recorder.body).hasToString("a");
        assertThat(recorder.ends).isEmpty();
        bytes.release();
    }

    private void read(String text) {
        if (!decoder.isOpen()) {
            decoder.begin();
        }
        ByteBuf bytes = ascii(text);
        decoder.feed(bytes);
        bytes.release();
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private record StoppingSink(ResponseRecorder recorder, ResponseDecoder[] self) implements ResponseDecoder.Sink {
        @Override
        public void onHead(ResponseHead head) {
            recorder.onHead(head);
        }

        @Override
        public void onBody(ByteBuf bytes, int offset, int length) {
            recorder.onBody(bytes, offset, length);
            self[0].stop();
        }

        @Override
        public void onEnd(boolean reusable) {
            recorder.onEnd(reusable);
        }

        @Override
        public void onBroken(String why) {
            recorder.onBroken(why);
        }

        @Override
        public void onMalformed(String why) {
            recorder.onMalformed(why);
        }
    }
}
