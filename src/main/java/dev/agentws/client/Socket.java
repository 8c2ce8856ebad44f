package dev.agentws.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link Link}. What it tells its listener it tells on its loop; {@link Listener#lost} comes once and last. {@link #send},
 * {@link #reads} and {@link #goodbye} may be called from any thread.
 */
final class Socket {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int POLICY_VIOLATION = 1008;
    /** More than any frame a server sends; only against one that is no server of ours. */
    private static final int MAX_MESSAGE = 256 << 20;

    private static final int MAX_HEAD = 64 << 10;
    static final long LONGEST_GOODBYE_MS = 1_000;

    /** What happens to a connection. */
    interface Listener {
        /** The server has let us in. */
        void ready(Socket socket);

        void frame(Socket socket, JsonNode frame);

        /** The server does not want us; it will not either when asked again. */
        void refused(Socket socket, ClientException reason);

        void lost(Socket socket, @Nullable Throwable fault);
    }

    private final ClientConfig config;
    private final EventLoop loop;
    private final Listener listener;

    private volatile @Nullable Channel channel;
    private volatile boolean ready;
    private volatile boolean reads = true;
    private boolean over;

    Socket(ClientConfig config, EventLoop loop, Listener listener) {
        this.config = config;
        this.loop = loop;
        this.listener = listener;
    }

    /** Whether the server has let us in, now or before it was lost. */
    boolean ready() {
        return ready;
    }

    /** To be called once. */
    void connect() {
        URI address = config.address();
        boolean tls = "wss".equals(address.getScheme());
        int port = address.getPort() > 0 ? address.getPort() : tls ? 443 : 80;
        try {
            SslContext context = tls
                    ? SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build()
                    : null;
            new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(
                            ChannelOption.CONNECT_TIMEOUT_MILLIS,
                            Math.toIntExact(config.timeout().toMillis()))
                    .handler(pipeline(context, address.getHost(), port))
                    .connect(address.getHost(), port)
                    .addListener((ChannelFutureListener) done -> {
                        if (!done.isSuccess()) {
                            end(done.cause());
                        }
                    });
        } catch (SSLException e) {
            end(e);
        }
    }

    private ChannelInitializer<Channel> pipeline(@Nullable SslContext tls, String host, int port) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                channel = made;
                if (tls != null) {
                    made.pipeline().addLast(tls.newHandler(made.alloc(), host, port));
                }
                made.pipeline()
                        .addLast(new IdleStateHandler(config.silence().toMillis(), 0, 0, TimeUnit.MILLISECONDS))
                        .addLast(new HttpClientCodec())
                        .addLast(new HttpObjectAggregator(MAX_HEAD))
                        .addLast(new WebSocketClientProtocolHandler(WebSocketClientProtocolConfig.newBuilder()
                                .webSocketUri(config.address())
                                .handshakeTimeoutMillis(config.timeout().toMillis())
                                .maxFramePayloadLength(MAX_MESSAGE)
                                .handleCloseFrames(false)
                                // A page's word; a program has none to give.
                                .generateOriginHeader(false)
                                .build()))
                        .addLast(new WebSocketFrameAggregator(MAX_MESSAGE))
                        .addLast(new Frames());
            }
        };
    }

    /** Whether there is a server that has let us in to take it. */
    boolean send(String text) {
        Channel open = channel;
        if (open == null || !ready || !open.isActive()) {
            return false;
        }
        open.writeAndFlush(new TextWebSocketFrame(text));
        return true;
    }

    /** Whether it takes more from the network. What is read already still comes. */
    void reads(boolean wanted) {
        reads = wanted;
        Channel open = channel;
        if (open != null && ready) {
            // In the loop's order: the last word holds.
            open.eventLoop().execute(() -> open.config().setAutoRead(reads));
        }
    }

    /**
     * Says so and goes once the server has said it too, or soon after: one who hangs up with unread bytes cuts off what it sent last.
     *
     * @param gone then runs on the loop
     */
    void goodbye(Runnable gone) {
        loop.execute(() -> {
            over = true;
            Channel open = channel;
            if (open == null || !ready || !open.isActive()) {
                if (open != null) {
                    open.close();
                }
                gone.run();
                return;
            }
            open.closeFuture().addListener(closed -> gone.run());
            open.config().setAutoRead(true);
            open.writeAndFlush(new CloseWebSocketFrame(1000, ""));
            loop.schedule(() -> open.close(), LONGEST_GOODBYE_MS, TimeUnit.MILLISECONDS);
        });
    }

    private void end(@Nullable Throwable fault) {
        Channel open = channel;
        if (over) {
            return;
        }
        over = true;
        listener.lost(this, fault);
        if (open != null) {
            open.close();
        }
    }

    private final class Frames extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                // Without a key a harmless question shows whether one is needed.
                String key = config.key();
                String first = (key == null
                                ? AgentClient.message("ping")
                                : AgentClient.message("auth").put("token", key))
                        .toString();
                ctx.writeAndFlush(new TextWebSocketFrame(first));
            } else if (event instanceof IdleStateEvent && (reads || !ready)) {
                end(new IOException("nothing came for " + config.silence().toSeconds() + " s"));
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) throws JsonProcessingException {
            if (over) {
                return;
            }
            if (frame instanceof TextWebSocketFrame text) {
                take(ctx, JSON.readTree(text.text()));
            } else if (frame instanceof CloseWebSocketFrame bye) {
                if (bye.statusCode() == POLICY_VIOLATION && !ready) {
                    listener.refused(Socket.this, new ClientException("auth_required", bye.reasonText()));
                } else {
                    end(new IOException(bye.statusCode() + " " + bye.reasonText()));
                }
            }
        }

        private void take(ChannelHandlerContext ctx, JsonNode message) {
            if (ready) {
                listener.frame(Socket.this, message);
            } else if (message.path("type").asText().equals("error")) {
                listener.refused(
                        Socket.this,
                        new ClientException(
                                message.path("code").asText(),
                                message.path("message").asText()));
            } else {
                ready = true;
                ctx.channel().config().setAutoRead(reads);
                listener.ready(Socket.this);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end(null);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable fault) {
            end(fault);
        }
    }
}
