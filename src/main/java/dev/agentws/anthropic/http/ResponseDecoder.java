package dev.agentws.anthropic.http;

import io.netty.buffer.ByteBuf;

/**
 * Takes HTTP/1.1 responses apart, one at a time, from bytes cut anywhere. The body goes on as windows of the buffer that was read:
 * nothing is copied or allocated per chunk. Whatever two readers could understand differently is refused. Confined to the connection's
 * event loop.
 */
final class ResponseDecoder {
    private static final int MAX_INTERIM_HEADS = 16;
    private static final int MAX_LENGTH_DIGITS = 18;

    /** What a response is made of, in order: a head, body pieces, the end; or at any point the news that it is cut or malformed. */
    interface Sink {
        void onHead(ResponseHead head);

        /** Some bytes of the body; they stay the caller's and are only valid during the call. */
        void onBody(ByteBuf bytes, int offset, int length);

        /** @param reusable whether the connection may carry another request, as far as the response says */
        void onEnd(boolean reusable);

        /** The connection ended before the response did. Nothing follows. */
        void onBroken(String why);

        /** The peer does not speak HTTP/1.1 as it should. Nothing follows, and the connection must be closed. */
        void onMalformed(String why);
    }

    private enum State {
        HEAD,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE,
        /** The response is over, broken or given up: bytes are not looked at. */
        OVER
    }

    private final Sink sink;
    private final HeadParser heads = new HeadParser();
    private final ChunkedBody chunks = new ChunkedBody();
    private State state = State.OVER;
    private boolean keepAlive;
    private int interimHeads;
    private long left;

    ResponseDecoder(Sink sink) {
        this.sink = sink;
    }

    /** Gets ready for the response to the next request. */
    void begin() {
        heads.clear();
        interimHeads = 0;
        state = State.HEAD;
    }

    /** Gives the response up: no callback follows, not even for the rest of a buffer that is being fed. */
    void stop() {
        heads.clear();
        state = State.OVER;
    }

    /** Whether a response is awaited or under way. */
    boolean isOpen() {
        return state != State.OVER;
    }

    /** Reads all of {@code buf}, which stays the caller's. Reader and writer index are left alone. */
    void feed(ByteBuf buf) {
        int at = buf.readerIndex();
        int end = buf.writerIndex();
        try {
            while (at < end && state != State.OVER) {
                at = step(buf, at, end);
            }
        } catch (MalformedResponseException e) {
            stop();
            sink.onMalformed("malformed response: " + e.getMessage());
        }
    }

    /** The peer has closed the connection. */
    void close() {
        State was = state;
        boolean silent = was == State.HEAD && heads.isEmpty() && interimHeads == 0;
        stop();
        switch (was) {
            case OVER -> {}
            case UNTIL_CLOSE -> sink.onEnd(false);
            case HEAD ->
                sink.onBroken(
                        silent
                                ? "the connection was closed before an answer"
                                : "the connection was closed in the middle of the response head");
            default -> sink.onBroken("the connection was closed in the middle of the response body");
        }
    }

    private int step(ByteBuf buf, int at, int end) throws MalformedResponseException {
        switch (state) {
            case HEAD -> {
                int next = heads.takeAll(buf, at, end);
                if (heads.isComplete()) {
                    head(heads.finish(), next == end);
                }
                return next;
            }
            case LENGTH -> {
                int length = (int) Math.min(left, end - at);
                left -= length;
                sink.onBody(buf, at, length);
                if (left == 0 && state == State.LENGTH) {
                    end(at + length == end);
                }
                return at + length;
            }
            case CHUNKED -> {
                return chunked(buf, at, end);
            }
            default -> {
                sink.onBody(buf, at, end - at);
                return end;
            }
        }
    }

    private int chunked(ByteBuf buf, int from, int end) throws MalformedResponseException {
        int at = chunks.skipToData(buf, from, end);
        if (chunks.isOver()) {
            end(at == end);
            return at;
        }
        int length = chunks.takeData(end - at);
        if (length > 0) {
            sink.onBody(buf, at, length);
        }
        return at + length;
    }

    private void head(ResponseHead head, boolean nothingFollows) throws MalformedResponseException {
        if (head.status() < 200) {
            if (head.status() == 101 || ++interimHeads > MAX_INTERIM_HEADS) {
                throw new MalformedResponseException("unexpected status " + head.status());
            }
            return;
        }
        keepAlive = head.minor() == 1 ? !head.lists("connection", "close") : head.lists("connection", "keep-alive");
        state = framing(head);
        sink.onHead(head);
        // The sink may have given the response up.
        if (state == State.LENGTH && left == 0) {
            end(nothingFollows);
        }
    }

    /** How the end of the body is found. A response without a body is one of length 0. */
    private State framing(ResponseHead head) throws MalformedResponseException {
        int encodings = head.count("transfer-encoding");
        int lengths = head.count("content-length");
        if (encodings > 0 && lengths > 0) {
            throw new MalformedResponseException("both transfer-encoding and content-length");
        }
        if (encodings > 1 || lengths > 1) {
            throw new MalformedResponseException("more than one transfer-encoding or content-length");
        }
        String encoding = head.first("transfer-encoding");
        String length = head.first("content-length");
        if (encoding != null && (head.minor() == 0 || !encoding.equalsIgnoreCase("chunked"))) {
            throw new MalformedResponseException("transfer-encoding other than chunked over HTTP/1.1");
        }
        long announced = length == null ? 0 : lengthOf(length);
        if (head.status() == 204 || head.status() == 304) {
            left = 0;
            return State.LENGTH;
        }
        if (encoding != null) {
            chunks.begin();
            return State.CHUNKED;
        }
        left = announced;
        return length != null ? State.LENGTH : State.UNTIL_CLOSE;
    }

    private static long lengthOf(String digits) throws MalformedResponseException {
        boolean proper = !digits.isEmpty()
                && digits.length() <= MAX_LENGTH_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!proper) {
            throw new MalformedResponseException("content-length is not a number");
        }
        return Long.parseLong(digits);
    }

    private void end(boolean nothingFollows) {
        stop();
        sink.onEnd(keepAlive && nothingFollows);
    }
}
