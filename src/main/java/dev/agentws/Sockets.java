package dev.agentws;

import dev.agentws.websocket.ClientListener.UnixSockets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One family of sockets that fit together. Immutable. Each family is made in a method of its own, so that only the classes of the one
 * in use are loaded.
 *
 * @param handlers makes what the event loops wait with
 * @param server listens on TCP
 * @param unix listens on Unix domain sockets
 * @param client connects by TCP
 */
record Sockets(
        IoHandlerFactory handlers,
        Class<? extends ServerChannel> server,
        UnixSockets unix,
        ChannelFactory<? extends Channel> client) {

    /**
     * The sockets of a kind.
     *
     * @throws StartException if it was asked for by name and this machine does not have it; the text says why not
     */
    static Sockets of(SocketKind kind) throws StartException {
        switch (kind) {
            case EPOLL -> require("epoll", "Linux", Epoll.unavailabilityCause());
            case IO_URING ->
                require(
                        "io_uring",
                        "Linux 5.14 or later with kernel.io_uring_disabled=0",
                        IoUring.unavailabilityCause());
            case KQUEUE -> require("kqueue", "macOS or BSD", KQueue.unavailabilityCause());
            default -> {
                // There are always some.
            }
        }
        return switch (kind) {
            case AUTO -> best();
            case EPOLL -> epoll();
            case IO_URING -> ioUring();
            case KQUEUE -> kqueue();
            case NIO -> nio();
        };
    }

    private static Sockets best() {
        if (Epoll.isAvailable()) {
            return epoll();
        }
        return KQueue.isAvailable() ? kqueue() : nio();
    }

    private static Sockets epoll() {
        return new Sockets(
                EpollIoHandler.newFactory(),
                EpollServerSocketChannel.class,
                new UnixSockets(EpollServerDomainSocketChannel.class, path -> new DomainSocketAddress(path.toFile())),
                EpollSocketChannel::new);
    }

    private static Sockets ioUring() {
        return new Sockets(
                IoUringIoHandler.newFactory(),
                IoUringServerSocketChannel.class,
                new UnixSockets(IoUringServerDomainSocketChannel.class, path -> new DomainSocketAddress(path.toFile())),
                IoUringSocketChannel::new);
    }

    private static Sockets kqueue() {
        return new Sockets(
                KQueueIoHandler.newFactory(),
                KQueueServerSocketChannel.class,
                new UnixSockets(KQueueServerDomainSocketChannel.class, path -> new DomainSocketAddress(path.toFile())),
                KQueueSocketChannel::new);
    }

    private static Sockets nio() {
        return new Sockets(
                NioIoHandler.newFactory(),
                NioServerSocketChannel.class,
                new UnixSockets(NioServerDomainSocketChannel.class, UnixDomainSocketAddress::of),
                NioSocketChannel::new);
    }

    private static void require(String name, String needs, @Nullable Throwable missing) throws StartException {
        if (missing != null) {
            throw new StartException(
                    "transport: " + name + " (expected: auto or nio on this machine; " + name + " needs " + needs
                            + " and its native library: " + reason(missing) + ")",
                    missing);
        }
    }

    /** The system's own words are in the innermost cause. */
    private static String reason(Throwable missing) {
        Throwable cause = missing;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = cause.getMessage();
        return (text == null ? cause.toString() : text).lines().findFirst().orElse("unknown");
    }
}
