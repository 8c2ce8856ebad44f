package dev.agentws.websocket;

import dev.agentws.protocol.CloseReason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of a client's connection, whole, from the socket inwards.
 *
 * <p>First, and to the end, if the port speaks TLS, {@link #TLS}: {@link SslHandler}. Whoever writes past {@link #FRAME_ENCODER} must
 * do so from that handler's own context, never from the head of the pipeline: that would send plain text.
 *
 * <p>While it speaks HTTP:
 *
 * <ol>
 *   <li>{@link #HTTP_CODEC}: bytes to requests, with limits on line and headers
 *   <li>{@link #HTTP_REQUESTS}: {@link HttpRequestHandler}: status routes, and the upgrade
 * </ol>
 *
 * <p>After the upgrade nothing of HTTP stays:
 *
 * <ol>
 *   <li>{@link #FRAME_DECODER}: {@link HoldableFrameDecoder}: bytes to frames
 *   <li>{@link #FRAME_ENCODER}: frames to bytes
 *   <li>{@link #UTF8}: refuses text that is not UTF-8, also across fragments
 *   <li>{@link #FRAMES}: {@link FrameHandler}: fragments to messages, control frames, closing, pings
 *   <li>{@link #AUTH}: {@link Authenticator}; once the client is let in, {@link #MESSAGES}: {@link MessageReceiver} stands here
 * </ol>
 */
final class ClientPipeline extends ChannelInitializer<Channel> {
    static final String TLS = "tls";
    static final String HTTP_CODEC = "httpCodec";
    static final String HTTP_REQUESTS = "httpRequests";
    static final String FRAME_DECODER = "frameDecoder";
    static final String FRAME_ENCODER = "frameEncoder";
    static final String UTF8 = "utf8";
    static final String FRAMES = "frames";
    static final String AUTH = "auth";
    static final String MESSAGES = "messages";

    private static final int MAX_REQUEST_LINE = 4096;
    private static final int MAX_HEADERS = 8192;

    private final ListenerState listener;
    private final Door door;
    private final HttpRoutes routes;

    ClientPipeline(ListenerState listener, Door door) {
        this.listener = listener;
        this.door = door;
        this.routes = new HttpRoutes(listener, door.local());
    }

    @Override
    protected void initChannel(Channel channel) {
        if (listener.closing()) {
            channel.close();
            return;
        }
        if (door.tls() != null) {
            SslHandler tls = door.tls().newHandler(channel.alloc());
            // The handshake is part of what must be done before the deadline of the upgrade.
            tls.setHandshakeTimeoutMillis(0);
            channel.pipeline().addLast(TLS, tls);
        }
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxChunkSize(MAX_HEADERS);
        channel.pipeline()
                .addLast(HTTP_CODEC, new HttpServerCodec(limits))
                .addLast(HTTP_REQUESTS, new HttpRequestHandler(listener, door.origins(), routes, sweepOf(channel)));
    }

    /** Turns the pipeline over, after the answer to the upgrade has been written. */
    static void toWebSocket(ChannelPipeline pipeline, ListenerState listener, @Nullable String token) {
        Channel channel = pipeline.channel();
        MessageBudget budget = listener.newBudget();
        FrameHandler frames = addFrames(pipeline, listener, budget);
        Outbox outbox = new Outbox(channel, frames, listener.flushRoundOf(channel.eventLoop()));
        Authenticator authenticator = new Authenticator(listener, frames, budget, outbox, token);
        pipeline.addLast(AUTH, authenticator);
        pipeline.remove(HTTP_REQUESTS);
        // The codec hands on what came right behind the request; it waits in the decoder until nothing of HTTP is left
        // to garble answers.
        frames.hold();
        pipeline.remove(HTTP_CODEC);
        if (frames.counted()) {
            authenticator.start(pipeline.context(AUTH));
        } else {
            outbox.close(CloseReason.TOO_MANY_CONNECTIONS);
        }
    }

    /** Adds all that stands between the socket and whole messages. */
    static FrameHandler addFrames(ChannelPipeline pipeline, ListenerState listener, MessageBudget budget) {
        EventLoop loop = pipeline.channel().eventLoop();
        FrameHandler frames = new FrameHandler(
                listener,
                listener.sweepOf(loop),
                budget,
                listener.flushRoundOf(loop).counts());
        pipeline.addLast(
                        FRAME_DECODER,
                        new HoldableFrameDecoder(listener.config().messages().maxUnauthenticatedBytes(), frames))
                .addLast(FRAME_ENCODER, new WebSocket13FrameEncoder(false))
                .addLast(UTF8, new Utf8FrameValidator(false))
                .addLast(FRAMES, frames);
        return frames;
    }

    private HeartbeatSweep sweepOf(Channel channel) {
        return listener.sweepOf(channel.eventLoop());
    }
}
