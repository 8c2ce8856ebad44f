package dev.agentws.anthropic.http;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One keep-alive connection of HTTP/1.1: carries one exchange at a time and goes back to its pool in between. Last handler of its pipeline.
 * Confined to its event loop.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamStream, ResponseDecoder.Sink {
    private static final Logger log = LoggerFactory.getLogger(UpstreamConnection.class);

    private final UpstreamPool pool;
    private final ResponseDecoder decoder = new ResponseDecoder(this);
    private final Rest rest = new Rest(this::close);
    private @Nullable Channel channel;
    private @Nullable Exchange exchange;
    private int exchanges;
    private boolean answered;
    private boolean sent;
    private long idleSince;

    UpstreamConnection(UpstreamPool pool) {
        this.pool = pool;
    }

    @Override
    public void send(Exchange next, UpstreamRequest request) {
        exchange = next;
        exchanges++;
        answered = false;
        sent = false;
        decoder.begin();
        channel().write(request.head(alloc()));
        int number = exchanges;
        channel().writeAndFlush(request.body()).addListener((ChannelFuture written) -> sent(number, written));
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

    @Override
    public boolean isReplaceable() {
        return exchanges > 1 && !answered;
    }

    @Override
    public void release() {
        pool.release(this);
    }

    boolean isUsable() {
        return channel().isActive() && !decoder.isOpen();
    }

    @Override
    public ByteBufAllocator alloc() {
        return channel().alloc();
    }

    @Override
    public void setReading(boolean reading) {
        channel().config().setAutoRead(reading);
    }

    /** {@inheritDoc} Closes the connection. */
    @Override
    public void abandon() {
        exchange = null;
        close();
    }

    /** {@inheritDoc} Then the connection can be used again; else it is closed. */
    @Override
    public void drain() {
        exchange = null;
        setReading(true);
        rest.begin(channel().eventLoop());
    }

    /** Closes the connection. An exchange that is under way hears of it. */
    void close() {
        if (exchange == null) {
            decoder.stop();
        }
        rest.stop();
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
        rest.stop();
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

    // ---- the response: goes on to the exchange, or what is left of one is dropped

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
        } else {
            rest.drop(length);
        }
    }

    @Override
    public void onEnd(boolean reusable) {
        Exchange ended = exchange;
        exchange = null;
        rest.stop();
        if (reusable && sent) {
            pool.release(this);
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
