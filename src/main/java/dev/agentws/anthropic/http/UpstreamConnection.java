package dev.agentws.anthropic.http;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One keep-alive connection: carries one exchange at a time and goes back to its pool in between. Last handler of its pipeline.
 * Confined to its event loop.
 */
public final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(UpstreamConnection.class);

    /** The rest of an answer nobody needs any more is read up to here, so that the connection can be used again; else it is closed. */
    private static final int MAX_DRAINED_BYTES = 64 * 1024;

    private static final Duration DRAIN_TIME = Duration.ofSeconds(2);

    /** A request and its response, as far as the connection is concerned. */
    public interface Exchange {
        /** The request has left for the socket. */
        void onSent();

        /** Something has been read; comes before what it means. */
        void onRead();

        void onHead(ResponseHead head);

        /** Some bytes of the body; they stay the caller's and are only valid during the call. */
        void onBody(ByteBuf bytes, int offset, int length);

        /** The response is whole; the connection has been given back or closed. */
        void onEnd();

        /** The connection broke. Nothing follows. */
        void onBroken(String why);

        /** The response makes no sense; the connection is closed. Nothing follows. */
        void onMalformed(String why);
    }

    private final UpstreamPool pool;
    private final ResponseDecoder decoder = new ResponseDecoder(new Relay());
    private @Nullable Channel channel;
    private @Nullable Exchange exchange;
    private @Nullable Future<?> drainLimit;
    private int exchanges;
    private int drained;
    private boolean answered;
    private boolean sent;
    private long idleSince;

    UpstreamConnection(UpstreamPool pool) {
        this.pool = pool;
    }

    /** Starts an exchange. Both buffers are taken over. */
    public void send(Exchange next, ByteBuf head, ByteBuf body) {
        exchange = next;
        exchanges++;
        answered = false;
        sent = false;
        drained = 0;
        decoder.begin();
        channel().write(head);
        int number = exchanges;
        channel().writeAndFlush(body).addListener((ChannelFuture written) -> sent(number, written));
    }

    private void sent(int number, ChannelFuture written) {
        if (number != exchanges) {
            return;
        }
        if (!written.isSuccess()) {
            fail(written.cause());
            return;
        }
        sent = true;
        if (exchange != null) {
            exchange.onSent();
        }
    }

    /** Whether the current exchange is not the first, so that the peer may have closed the connection meanwhile. */
    public boolean isReused() {
        return exchanges > 1;
    }

    /** Whether any byte of the current response has come. */
    public boolean isAnswered() {
        return answered;
    }

    boolean isUsable() {
        return channel().isActive() && !decoder.isOpen();
    }

    public ByteBufAllocator alloc() {
        return channel().alloc();
    }

    public void setReading(boolean reading) {
        channel().config().setAutoRead(reading);
    }

    /** Ends the exchange without another callback and closes the connection. */
    public void abandon() {
        exchange = null;
        close();
    }

    /** Ends the exchange without another callback; the connection is kept if the rest of the response is short and comes soon. */
    public void drain() {
        exchange = null;
        setReading(true);
        drainLimit = channel().eventLoop().schedule(this::close, DRAIN_TIME.toNanos(), NANOSECONDS);
    }

    /** Closes the connection. An exchange that is under way hears of it. */
    void close() {
        if (exchange == null) {
            decoder.stop();
        }
        stopDraining();
        channel().close();
    }

    void idleSince(long nanos) {
        idleSince = nanos;
    }

    long idleSince() {
        return idleSince;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        try {
            if (!decoder.isOpen()) {
                // Nobody asked: the start of a response that belongs to no request must never be read as the next
                // one's.
                log.debug("{}: bytes outside of a response, closing", ctx.channel());
                close();
                return;
            }
            answered = true;
            if (exchange != null) {
                exchange.onRead();
            }
            decoder.feed((ByteBuf) msg);
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopDraining();
        pool.gone(this);
        decoder.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(cause);
    }

    private void fail(Throwable cause) {
        if (cause instanceof RuntimeException && !(cause instanceof CodecException)) {
            log.warn("{}: closing after an unexpected error", channel, cause);
        } else {
            log.debug("{}: closing after an error", channel, cause);
        }
        Exchange broken = exchange;
        abandon();
        if (broken != null) {
            broken.onBroken("the connection broke: " + Reason.of(cause));
        }
    }

    private Channel channel() {
        return requireNonNull(channel, "channel");
    }

    private void stopDraining() {
        if (drainLimit != null) {
            drainLimit.cancel(false);
            drainLimit = null;
        }
    }

    /** Hands the response on to the exchange, or drops what is left of one. */
    private final class Relay implements ResponseDecoder.Sink {
        @Override
        public void onHead(ResponseHead head) {
            if (exchange != null) {
                exchange.onHead(head);
            }
        }

        @Override
        public void onBody(ByteBuf bytes, int offset, int length) {
            if (exchange != null) {
                exchange.onBody(bytes, offset, length);
                return;
            }
            drained += length;
            if (drained > MAX_DRAINED_BYTES) {
                close();
            }
        }

        @Override
        public void onEnd(boolean reusable) {
            Exchange ended = exchange;
            exchange = null;
            stopDraining();
            if (reusable && sent) {
                pool.release(UpstreamConnection.this);
            } else {
                close();
            }
            if (ended != null) {
                ended.onEnd();
            }
        }

        @Override
        public void onBroken(String why) {
            Exchange broken = exchange;
            abandon();
            if (broken != null) {
                broken.onBroken(why);
            }
        }

        @Override
        public void onMalformed(String why) {
            Exchange broken = exchange;
            abandon();
            if (broken != null) {
                broken.onMalformed(why);
            }
        }
    }
}
