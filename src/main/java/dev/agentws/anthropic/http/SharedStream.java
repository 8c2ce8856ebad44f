package dev.agentws.anthropic.http;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of an HTTP/2 connection. Keeps nothing: what comes is handed on, also while it is paused. Only the peer gets no more of its
 * window then, so that no more comes than a window, and nobody else is held up. Confined to the connection's event loop.
 */
final class SharedStream implements UpstreamStream {
    private static final int MAX_INTERIM_HEADS = 16;

    private static final Logger log = LoggerFactory.getLogger(SharedStream.class);

    private final SharedConnection connection;
    private final boolean reused;
    private final Rest rest = new Rest(this::cancel);
    private @Nullable Exchange exchange;
    private @Nullable Http2Stream stream;
    /** Bytes that came during a pause: the peer may not yet send as many anew. */
    private int withheld;

    private int interimHeads;
    private boolean reading = true;
    private boolean answered;
    private boolean headed;
    private boolean over;

    /** @param reused whether the connection has carried others before */
    SharedStream(SharedConnection connection, boolean reused) {
        this.connection = connection;
        this.reused = reused;
    }

    @Override
    public void send(Exchange next, UpstreamRequest request) {
        exchange = next;
        connection.send(this, request);
    }

    /** @param begun null if the connection took no more streams */
    void begun(@Nullable Http2Stream begun) {
        stream = begun;
    }

    void sent(ChannelFuture written) {
        Exchange of = exchange;
        if (!written.isSuccess()) {
            broken("the request was not sent: " + Reason.of(written.cause()));
        } else if (of != null) {
            of.onSent();
        }
    }

    @Override
    public void release() {
        over = true;
        connection.unused();
    }

    @Override
    public boolean isReplaceable() {
        return reused && !answered && connection.isRetired();
    }

    @Override
    public ByteBufAllocator alloc() {
        return connection.alloc();
    }

    @Override
    public void setReading(boolean on) {
        reading = on;
        int bytes = withheld;
        if (on && bytes > 0) {
            withheld = 0;
            connection.consumed(stream, bytes);
        }
    }

    @Override
    public void abandon() {
        exchange = null;
        cancel();
    }

    @Override
    public void drain() {
        exchange = null;
        if (!over) {
            rest.begin(connection.loop());
            setReading(true);
        }
    }

    /** The head, one before it, or the trailers. */
    void onHeaders(Http2Headers headers, boolean last) {
        answered = true;
        Exchange of = exchange;
        if (of != null && !headed) {
            try {
                of.onRead();
                head(of, SharedHead.read(headers));
            } catch (MalformedResponseException e) {
                malformed("malformed response: " + e.getMessage());
            } catch (RuntimeException e) {
                fail(e);
            }
        }
        if (last) {
            whole();
        }
    }

    private void head(Exchange of, ResponseHead head) throws MalformedResponseException {
        if (head.status() >= 200) {
            headed = true;
            of.onHead(head);
        } else if (head.status() == 101 || ++interimHeads > MAX_INTERIM_HEADS) {
            throw new MalformedResponseException("unexpected status " + head.status());
        }
    }

    /** Takes bytes of the body. Returns how many of them the peer may send anew at once. */
    int onData(ByteBuf data, boolean last) {
        int length = data.readableBytes();
        if (exchange == null) {
            rest.drop(length);
        } else {
            body(data, data.readerIndex(), length);
        }
        int free = reading ? length : 0;
        withheld += length - free;
        if (last) {
            whole();
        }
        return free;
    }

    private void body(ByteBuf bytes, int offset, int length) {
        Exchange of = requireNonNull(exchange, "exchange");
        try {
            of.onRead();
            if (length > 0) {
                of.onBody(bytes, offset, length);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void whole() {
        if (over) {
            return;
        }
        Exchange ended = finish();
        // An answer may come before the whole request has gone; then nobody waits for the rest of it.
        connection.reset(stream, Http2Error.NO_ERROR);
        if (ended != null) {
            tell(ended::onEnd);
        }
    }

    void broken(String why) {
        Exchange broken = finish();
        if (broken != null) {
            tell(() -> broken.onBroken(why));
        }
    }

    void malformed(String why) {
        Exchange broken = exchange;
        cancel();
        if (broken != null) {
            tell(() -> broken.onMalformed(why));
        }
    }

    private void fail(RuntimeException cause) {
        log.warn("a stream is given up after an unexpected error", cause);
        cut("the stream broke: " + Reason.of(cause));
    }

    /** Breaks it off. */
    void cut(String why) {
        Exchange broken = exchange;
        cancel();
        if (broken != null) {
            tell(() -> broken.onBroken(why));
        }
    }

    /** The stream is no more; if that comes as a surprise, it broke. */
    void closed(String why) {
        broken(answered ? why + " in the middle of the response" : why + " before an answer");
    }

    /** Nothing that goes wrong with one exchange may reach the codec, which would give up the connection with all other streams. */
    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            log.warn("the end of a stream was not taken well", e);
        }
    }

    private void cancel() {
        if (!over) {
            finish();
            connection.reset(stream, Http2Error.CANCEL);
        }
    }

    private @Nullable Exchange finish() {
        Exchange was = exchange;
        exchange = null;
        over = true;
        rest.stop();
        return was;
    }
}
