package dev.agentws.anthropic.http;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection, which carries streams of many sessions of its event loop. Last handler of its pipeline. It is always read: what
 * still comes on a paused stream is bounded by that stream's own window, and the window of the whole connection is refilled as bytes come,
 * so that no number of paused streams can use it up. Confined to its event loop.
 */
final class SharedConnection extends Http2ConnectionHandler implements Pulse.Patient {
    /** Far below the last number of a stream, and later than any connection should live. */
    private static final int LAST_STREAM = 1 << 30;

    private static final Logger log = LoggerFactory.getLogger(SharedConnection.class);

    private final UpstreamPool pool;
    private final HttpSettings settings;
    private final SharedRules rules;
    private final Promise<SharedConnection> ready;
    private final Http2Connection.PropertyKey key;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Pulse pulse;
    private String whyClosed = "the connection was closed";
    private int streams;
    private int begun;
    private boolean retired;

    SharedConnection(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings announced,
            UpstreamPool pool,
            Promise<SharedConnection> ready) {
        super(decoder, encoder, announced);
        this.pool = pool;
        this.settings = pool.settings();
        this.rules = requireNonNull(settings.http2(), "http2");
        this.ready = ready;
        key = connection().newKey();
        connection().addListener(new Events());
        decoder.frameListener(new Frames());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        decoder()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(), rules.connectionWindow() - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
        ctx.flush();
        pulse = new Pulse(loop(), rules, settings.idleConnectionLife(), this);
        pulse.start();
    }

    boolean hasRoom() {
        int most = Math.min(rules.maxStreams(), connection().local().maxActiveStreams());
        return !retired && context().channel().isActive() && streams < most;
    }

    /** Whether it takes no more streams, whoever wanted that. */
    boolean isRetired() {
        return retired;
    }

    /** Only when there is room. */
    SharedStream newStream() {
        streams++;
        begun++;
        retired |= connection().local().lastStreamCreated() > LAST_STREAM;
        return new SharedStream(this, begun > 1);
    }

    void send(SharedStream stream, UpstreamRequest request) {
        ChannelHandlerContext ctx = context();
        int id = connection().local().incrementAndGetNextStreamId();
        encoder().writeHeaders(ctx, id, SharedHead.write(request), 0, false, ctx.newPromise());
        Http2Stream begunStream = connection().stream(id);
        stream.begun(begunStream);
        if (begunStream == null) {
            unused();
        } else {
            begunStream.setProperty(key, stream);
        }
        encoder()
                .writeData(ctx, id, request.body(), 0, true, ctx.newPromise())
                .addListener((ChannelFuture written) -> stream.sent(written));
        flush(ctx);
    }

    /** A stream was given back, or has ended. */
    void unused() {
        streams--;
        if (streams == 0) {
            if (pulse != null) {
                pulse.idle();
            }
            if (retired) {
                context().channel().close();
            }
        }
    }

    /** Tells the peer that a stream is not wanted any more, unless both sides have ended it. */
    void reset(@Nullable Http2Stream stream, Http2Error why) {
        if (stream == null || stream.state() == Http2Stream.State.CLOSED) {
            return;
        }
        if (why != Http2Error.NO_ERROR || stream.state() != Http2Stream.State.HALF_CLOSED_LOCAL) {
            ChannelHandlerContext ctx = context();
            resetStream(ctx, stream.id(), why.code(), ctx.newPromise());
            ctx.flush();
        }
    }

    /** A stream that has taken so many bytes during a pause is read again, so the peer may send as many. */
    void consumed(@Nullable Http2Stream stream, int bytes) {
        try {
            if (stream != null && decoder().flowController().consumeBytes(stream, bytes)) {
                context().flush();
            }
        } catch (Http2Exception e) {
            onError(context(), false, e);
        }
    }

    ByteBufAllocator alloc() {
        return context().alloc();
    }

    EventLoop loop() {
        return context().channel().eventLoop();
    }

    private ChannelHandlerContext context() {
        return requireNonNull(context, "context");
    }

    @Override
    public boolean isInUse() {
        return streams > 0;
    }

    @Override
    public void askForSign() {
        ChannelHandlerContext ctx = context();
        encoder().writePing(ctx, false, 0, ctx.newPromise());
        ctx.flush();
    }

    @Override
    public void giveUp(String why) {
        log.debug("{}: closing: {}", context().channel(), why);
        whyClosed = why + ", so the connection was closed";
        // Past the goodbye, which would wait for a peer that is gone.
        context().close();
    }

    /** Takes no more streams; closes once the last is over. */
    @Override
    public void retire() {
        retired = true;
        if (streams == 0) {
            context().channel().close();
        }
    }

    /** Closes at once; the streams hear of it. */
    void close() {
        retired = true;
        forEach(stream -> stream.cut("the client is closed"));
        goAway(
                context(),
                0,
                Http2Error.NO_ERROR.code(),
                context().alloc().buffer(0),
                context().newPromise());
        context().flush();
        context().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        if (pulse != null) {
            pulse.read();
        }
        super.channelRead(ctx, msg);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        retired = true;
        if (pulse != null) {
            pulse.stop();
        }
        pool.gone(this);
        ready.tryFailure(new IOException(whyClosed));
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
            super.exceptionCaught(ctx, cause);
        } else {
            log.debug("{}: closing after an error", ctx.channel(), cause);
            whyClosed = "the connection broke: " + Reason.of(cause) + "; it was closed";
            ctx.close();
        }
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException streamCause) {
        SharedStream stream = of(connection().stream(streamCause.streamId()));
        if (stream != null && !outbound) {
            stream.malformed("malformed response: " + Reason.of(streamCause));
        }
        super.onStreamError(ctx, outbound, cause, streamCause);
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception known) {
        retired = true;
        whyClosed = "the connection broke: " + Reason.of(cause) + "; it was closed";
        if (known == null) {
            log.warn("{}: closing after an unexpected error", ctx.channel(), cause);
        } else {
            log.debug("{}: closing after an error", ctx.channel(), cause);
            ready.tryFailure(known);
        }
        if (known != null && !outbound) {
            forEach(stream -> stream.malformed("malformed response: " + Reason.of(known)));
        }
        super.onConnectionError(ctx, outbound, cause, known);
    }

    private void forEach(Consumer<SharedStream> action) {
        try {
            connection().forEachActiveStream(stream -> {
                SharedStream ours = of(stream);
                if (ours != null) {
                    action.accept(ours);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable SharedStream of(@Nullable Http2Stream stream) {
        return stream == null ? null : stream.getProperty(key);
    }

    /** What becomes of streams. */
    private final class Events extends Http2ConnectionAdapter {
        @Override
        public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
            retired = true;
            whyClosed = "the server goes away (" + name(errorCode) + "): the stream was closed";
            log.debug("{}: {}", context().channel(), whyClosed);
            loop().execute(SharedConnection.this::retire);
        }

        @Override
        public void onStreamClosed(Http2Stream stream) {
            SharedStream ours = stream.removeProperty(key);
            if (ours != null) {
                unused();
                ours.closed(whyClosed);
            }
        }
    }

    private static String name(long errorCode) {
        Http2Error error = Http2Error.valueOf(errorCode);
        return error == null ? "error " + errorCode : error.name();
    }

    /** What the peer says. */
    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings theirs) {
            ready.trySuccess(SharedConnection.this);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean last) {
            onHeadersRead(ctx, id, headers, padding, last);
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last) {
            SharedStream stream = of(connection().stream(id));
            if (stream != null) {
                stream.onHeaders(headers, last);
            }
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
            SharedStream stream = of(connection().stream(id));
            return padding + (stream == null ? data.readableBytes() : stream.onData(data, last));
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode) {
            SharedStream stream = of(connection().stream(id));
            if (stream != null) {
                stream.broken("the stream was reset: " + name(errorCode));
            }
        }
    }
}
