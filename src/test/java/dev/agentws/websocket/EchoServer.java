package dev.agentws.websocket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.time.Duration;

/**
 * An echo behind the production frame pipeline, for RFC 6455 conformance suites: {@code main PORT}. Only what stands behind whole
 * messages differs from the server: every path upgrades, and binary messages are echoed too, frame by frame.
 */
final class EchoServer {
    private static final int MAX_BYTES = 32 << 20;

    private EchoServer() {}

    public static void main(String[] args) throws InterruptedException {
        Channel server =
                start(Integer.parseInt(args[0]), new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory()));
        server.closeFuture().sync();
    }

    /** Returns once the port is open on loopback; 0 means any free one. */
    static Channel start(int port, EventLoopGroup group) throws InterruptedException {
        WebSocketConfig.Rate endless = new WebSocketConfig.Rate(Integer.MAX_VALUE, Duration.ofSeconds(1));
        WebSocketConfig config = WebSocketConfig.defaults()
                .withAuthEnabled(false)
                .withMessages(new WebSocketConfig.Messages(MAX_BYTES, MAX_BYTES, 1 << 20))
                .withRates(new WebSocketConfig.Rates(endless, endless, endless));
        ListenerState listener = new ListenerState(config, new ServerFixture().services());
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast("codec", new HttpServerCodec())
                                .addLast("aggregator", new HttpObjectAggregator(8192))
                                .addLast("upgrade", new Upgrade(listener));
                    }
                })
                .bind("127.0.0.1", port)
                .sync()
                .channel();
    }

    private static final class Upgrade extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final ListenerState listener;

        Upgrade(ListenerState listener) {
            this.listener = listener;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            ctx.writeAndFlush(WebSocketUpgrade.acceptance(request));
            ClientPipeline.addFrames(ctx.pipeline(), listener, listener.newBudget());
            ctx.pipeline().addLast("echo", new Echo());
            ctx.pipeline().remove("upgrade");
            ctx.pipeline().remove("aggregator");
            ctx.pipeline().remove("codec");
        }
    }

    private static final class Echo extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            ctx.writeAndFlush(frame.retain());
        }
    }
}
