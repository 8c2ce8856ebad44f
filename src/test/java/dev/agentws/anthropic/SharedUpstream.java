package dev.agentws.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The far end of HTTP/2 connections, played by the test's own thread frame by frame. Every wait ends after ten seconds. */
final class SharedUpstream implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<Request> requests = new LinkedTransferQueue<>();
    private final BlockingQueue<Reset> resets = new LinkedTransferQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Channel listening;
    private volatile @Nullable String early;

    /** A stream that was reset, and how. */
    record Reset(int stream, Http2Error how) {}

    SharedUpstream() {
        this(new Http2Settings());
    }

    SharedUpstream(Http2Settings settings) {
        listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.incrementAndGet();
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forServer()
                                                .validateHeaders(false)
                                                .initialSettings(settings)
                                                .build(),
                                        new Ear());
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    private final class Ear extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Http2DataFrame data && data.isEndStream()) {
                requests.add(new Request(ctx, data.stream()));
            } else if (msg instanceof Http2ResetFrame reset) {
                resets.add(new Reset(reset.stream().id(), Http2Error.valueOf(reset.errorCode())));
            } else if (msg instanceof Http2HeadersFrame headers && early != null) {
                new Request(ctx, headers.stream()).headers(early, true);
            }
            ReferenceCountUtil.release(msg);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + ((InetSocketAddress) listening.localAddress()).getPort());
    }

    /** Answers each further request with that status before its body. */
    void answerEarly(String status) {
        early = status;
    }

    int connections() {
        return connections.get();
    }

    /** The next request that is whole. */
    Request request() {
        return next(requests);
    }

    Reset reset() {
        return next(resets);
    }

    private static <T> T next(BlockingQueue<T> queue) {
        try {
            T found = queue.poll(10, TimeUnit.SECONDS);
            assertThat(found).as("what the client sends").isNotNull();
            return found;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** One request, and the means to answer it. */
    static final class Request {
        private final ChannelHandlerContext ctx;
        private final Http2FrameStream stream;

        Request(ChannelHandlerContext ctx, Http2FrameStream stream) {
            this.ctx = ctx;
            this.stream = stream;
        }

        int id() {
            return stream.id();
        }

        /** The connection it came on. */
        Channel connection() {
            return ctx.channel();
        }

        Request head(String status, String... fields) {
            return headers(status, false, fields);
        }

        Request headers(String status, boolean last, String... fields) {
            Http2Headers headers = new DefaultHttp2Headers(false).status(status);
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
            write(new DefaultHttp2HeadersFrame(headers, last).stream(stream));
            return this;
        }

        Request trailers(String name, String value) {
            write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false).add(name, value), true).stream(stream));
            return this;
        }

        /** The head of a stream of events. */
        Request stream() {
            return head("200", "content-type", "text/event-stream", "request-id", "req_1");
        }

        Request data(String text) {
            data(text, false);
            return this;
        }

        /** Completes once the client's window has let all of it through. */
        ChannelFuture data(String text, boolean last) {
            ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
            return write(new DefaultHttp2DataFrame(bytes, last).stream(stream));
        }

        void reset(Http2Error how) {
            write(new DefaultHttp2ResetFrame(how).stream(stream));
        }

        /** Serves the streams up to this one, and no others. */
        Request goAwayAfterThis() {
            // By hand, because the codec would name the last stream it knows.
            bytes("0000080700" + "00000000" + String.format("%08x", id()) + "00000000");
            return this;
        }

        void bytes(String hex) {
            ByteBuf raw = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
            ctx.executor().execute(() -> ctx.pipeline().firstContext().writeAndFlush(raw));
        }

        private ChannelFuture write(Http2Frame frame) {
            return ctx.writeAndFlush(frame);
        }
    }
}
