package dev.agentws.websocket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The port that clients connect to. Thread-safe. */
public final class ClientListener {
    private static final int BACKLOG = 1024;

    private final Channel server;
    private final ListenerState state;

    private ClientListener(Channel server, ListenerState state) {
        this.server = server;
        this.state = state;
    }

    /**
     * What moves the bytes. The groups are the caller's: they are not shut down here.
     *
     * @param acceptors one loop is enough
     * @param workers the loops of the connections
     * @param channel the server channel that fits the groups
     */
    public record Transport(EventLoopGroup acceptors, EventLoopGroup workers, Class<? extends ServerChannel> channel) {}

    /**
     * Opens the port and returns once clients can connect. Blocks; not for event loops.
     *
     * @param address resolved; port 0 means any free one
     * @throws IOException if the port cannot be had; the text names host and port
     */
    public static ClientListener bind(
            InetSocketAddress address, Transport transport, WebSocketConfig config, ConnectionServices services)
            throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on " + text(address) + ": the host name is unknown");
        }
        ListenerState state =
                new ListenerState(config, services, address.getAddress().isLoopbackAddress());
        WebSocketConfig.Connections connections = config.connections();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(transport.acceptors(), transport.workers())
                .channel(transport.channel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(connections.lowWaterBytes(), connections.highWaterBytes()))
                .childHandler(new ClientPipeline(state));
        if (connections.sendBufferBytes() > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, connections.sendBufferBytes());
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            String why = cause == null ? "cancelled" : cause.getMessage();
            throw new IOException("cannot listen on " + text(address) + ": " + why, cause);
        }
        return new ClientListener(bound.channel(), state);
    }

    /** Where clients connect to, with the port that was really taken. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** How many upgraded connections there are now. */
    public int connections() {
        return state.counts().upgraded();
    }

    /**
     * Accepts no more and closes all connections with 1001.
     *
     * @param grace after which those that have not closed are cut
     * @return completed when no connection is left
     */
    public CompletionStage<@Nullable Void> close(Duration grace) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        server.close().addListener(closed -> state.shutdown(grace).whenComplete((none, fault) -> done.complete(null)));
        return done;
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }
}
