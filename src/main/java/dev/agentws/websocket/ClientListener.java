package dev.agentws.websocket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where clients connect to: a TCP port, and a Unix domain socket beside it if one is wanted. All limits count both. Thread-safe. */
public final class ClientListener {
    private static final int BACKLOG = 1024;

    private final Transport transport;
    private final ListenerState state;
    private final Channel server;
    private @Nullable Channel unix;
    private @Nullable UnixSocketFile unixFile;

    private ClientListener(Transport transport, ListenerState state, Channel server) {
        this.transport = transport;
        this.state = state;
        this.server = server;
    }

    /**
     * What moves the bytes. The groups and the TLS context are the caller's: they are not shut down here.
     *
     * @param acceptors one loop is enough
     * @param workers the loops of the connections
     * @param channel the server channel that fits the groups
     * @param tls for the TCP port, or null for plain text
     * @param unix for {@link #bindUnix}, or null if that is not wanted
     */
    public record Transport(
            EventLoopGroup acceptors,
            EventLoopGroup workers,
            Class<? extends ServerChannel> channel,
            @Nullable SslContext tls,
            @Nullable UnixSockets unix) {

        /** Plain TCP only. */
        public Transport(EventLoopGroup acceptors, EventLoopGroup workers, Class<? extends ServerChannel> channel) {
            this(acceptors, workers, channel, null, null);
        }
    }

    /**
     * The Unix domain sockets of an event loop.
     *
     * @param channel the server channel that fits the groups
     * @param address a path as that channel wants it
     */
    public record UnixSockets(Class<? extends ServerChannel> channel, Function<Path, SocketAddress> address) {}

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
            throw new UnknownHostException("cannot listen on " + text(address) + ": the host name is unknown");
        }
        ListenerState state = new ListenerState(config, services);
        boolean loopback = address.getAddress().isLoopbackAddress();
        Door door = Door.tcp(config, loopback, transport.tls());
        ServerBootstrap bootstrap = bootstrap(transport, transport.channel(), state, door)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
        return new ClientListener(transport, state, open(bootstrap, address, text(address)));
    }

    /**
     * Opens a Unix domain socket as well, for this user only. Blocks; not for event loops. At most once.
     *
     * @param path absolute; a socket there that nobody listens on is replaced
     * @throws IOException if it cannot be had; the text names the path and what was expected
     */
    public synchronized void bindUnix(Path path) throws IOException {
        UnixSockets sockets = transport.unix();
        if (sockets == null || unix != null) {
            throw new IllegalStateException(
                    "unix socket: " + path + " (expected: a transport that has them, and one path)");
        }
        ServerBootstrap bootstrap = bootstrap(transport, sockets.channel(), state, Door.unix(state.config()));
        try (UnixSocketFile.Claim claim = UnixSocketFile.claim(path)) {
            Channel opened = open(bootstrap, sockets.address().apply(claim.temporary()), "unix:" + path);
            try {
                unixFile = claim.publish();
            } catch (IOException e) {
                opened.close();
                throw e;
            }
            unix = opened;
        }
    }

    private static ServerBootstrap bootstrap(
            Transport transport, Class<? extends ServerChannel> channel, ListenerState state, Door door) {
        WebSocketConfig.Connections connections = state.config().connections();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(transport.acceptors(), transport.workers())
                .channel(channel)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(connections.lowWaterBytes(), connections.highWaterBytes()))
                .childHandler(new ClientPipeline(state, door));
        if (connections.sendBufferBytes() > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, connections.sendBufferBytes());
        }
        return bootstrap;
    }

    private static Channel open(ServerBootstrap bootstrap, SocketAddress address, String shown) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            String why = cause == null ? "cancelled" : cause.getMessage();
            throw new IOException("cannot listen on " + shown + ": " + why, cause);
        }
        return bound.channel();
    }

    /** Where clients connect to by TCP, with the port that was really taken. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** How many upgraded connections there are now. */
    public int connections() {
        return state.counts().upgraded();
    }

    /** How many of them owe a token. */
    public int waitingForToken() {
        return state.counts().waitingForToken();
    }

    /** How many connections still speak HTTP. */
    public int notUpgraded() {
        return state.counts().notUpgraded();
    }

    /**
     * Accepts no more, takes the Unix socket's file away, and closes all connections with 1001. Touches the disk for a moment.
     *
     * @param grace after which those that have not closed are cut
     * @return completed when no connection is left
     */
    public CompletionStage<@Nullable Void> close(Duration grace) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        closeUnix();
        server.close().addListener(closed -> state.shutdown(grace).whenComplete((none, fault) -> done.complete(null)));
        return done;
    }

    private synchronized void closeUnix() {
        if (unixFile != null) {
            unixFile.remove();
        }
        if (unix != null) {
            unix.close();
        }
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }
}
