package dev.agentws.simulator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * A server that stands in for the Messages API: the same endpoints, bytes and refusals, and a {@link Script} in place of a model.
 *
 * <p>Thread-safe. {@link #start} and {@link #close} block the caller and must not be called on an event loop.
 *
 * <pre>
 * connection:           [tls] - switch
 * then, of HTTP/1.1:    [tls] - http - decompress - aggregate (32 MB) - api
 * or each HTTP/2 stream:        http - decompress - aggregate (32 MB) - api
 * </pre>
 */
public final class Simulator implements AutoCloseable {
    private final SimulatorState state;
    private final EventLoopGroup loops;
    private final Channel server;

    private Simulator(SimulatorState state, EventLoopGroup loops, Channel server) {
        this.state = state;
        this.loops = loops;
        this.server = server;
    }

    /**
     * Starts listening.
     *
     * @throws IllegalStateException when the address cannot be bound
     */
    public static Simulator start(SimulatorConfig config) {
        SimulatorState state = new SimulatorState(config, Clock.systemUTC());
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(config.threads(), NioIoHandler.newFactory());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        fill(channel.pipeline(), state);
                    }
                });
        ChannelFuture bound = bootstrap.bind(config.host(), config.port()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IllegalStateException(
                    "address: " + config.host() + ":" + config.port() + " (expected: one that is free)", bound.cause());
        }
        return new Simulator(state, loops, bound.channel());
    }

    static void fill(ChannelPipeline pipeline, SimulatorState state) {
        SslContext ssl = state.config().ssl();
        if (ssl != null) {
            pipeline.addLast("tls", ssl.newHandler(pipeline.channel().alloc()));
        }
        pipeline.addLast("switch", new HttpSwitch(state));
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** What an SDK is given as base URL; without {@code /v1}. */
    public URI baseUrl() {
        String host = state.config().host();
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        String authority = shown.contains(":") ? "[" + shown + "]" : shown;
        return URI.create((state.config().ssl() == null ? "http://" : "https://") + authority + ":" + port());
    }

    /** The numbers so far. */
    public SimulatorStats stats() {
        return state.counters().snapshot();
    }

    /** Closes all connections, whatever is still being said on them, and waits until the threads are gone. */
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
