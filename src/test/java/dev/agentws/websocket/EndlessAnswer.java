package dev.agentws.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** An API over HTTP/1.1 that answers every question with text without an end, or with as many pieces as it is told to give. */
final class EndlessAnswer implements HandSocket.FarEnd {
    /** A piece as the API sends it: some 60 characters. */
    static final String PIECE = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
            + "\"delta\":{\"type\":\"text_delta\",\"text\":\""
            + "sixty characters of text, which is what a model says at once. "
            + "\"}}\n\n";
    /** What comes before the first piece. */
    static final String START = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\","
            + "\"model\":\"claude-sonnet-5-5\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n"
            + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
            + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";

    private static final byte[] END =
            ("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                            + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
                            + "\"usage\":{\"output_tokens\":5}}\n\n"
                            + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REPEATED = PIECE.getBytes(StandardCharsets.US_ASCII);
    /** One chunk of the body that is larger than any test. */
    private static final byte[] HEAD = ("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                    + "transfer-encoding: chunked\r\n\r\n7fffffff\r\n" + START)
            .getBytes(StandardCharsets.US_ASCII);

    private boolean asked;
    /** Bytes of the answer that have been given. */
    private long given;

    private long allowed = Long.MAX_VALUE;
    private final ByteBuf ending = Unpooled.buffer();

    /** Sends the head, then as many pieces as {@link #more} says. */
    EndlessAnswer onDemand() {
        allowed = HEAD.length;
        return this;
    }

    void more(int pieces) {
        allowed += (long) pieces * REPEATED.length;
    }

    /** Ends after the pieces it has been told to give. */
    void end() {
        ending.writeBytes(END);
    }

    @Override
    public void take(ByteBuf bytes) {
        asked = true;
    }

    @Override
    public void give(ByteBuf into) {
        while (asked && into.isWritable() && given < allowed) {
            boolean head = given < HEAD.length;
            byte[] from = head ? HEAD : REPEATED;
            int at = (int) (head ? given : (given - HEAD.length) % REPEATED.length);
            int length = (int) Math.min(Math.min(from.length - at, into.writableBytes()), allowed - given);
            into.writeBytes(from, at, length);
            given += length;
        }
        if (given == allowed) {
            into.writeBytes(ending, Math.min(ending.readableBytes(), into.writableBytes()));
        }
    }
}
