package dev.agentws;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** The kind of sockets to use: epoll where the native library is there, the JDK's otherwise. Immutable. */
record Sockets(
        IoHandlerFactory handlers, Class<? extends ServerChannel> server, ChannelFactory<? extends Channel> client) {
    static Sockets best() {
        return Epoll.isAvailable()
                ? new Sockets(EpollIoHandler.newFactory(), EpollServerSocketChannel.class, EpollSocketChannel::new)
                : new Sockets(NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel::new);
    }
}
