package dev.agentws.anthropic.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Opens connections to the upstream, straight or through the proxy. Thread-safe. */
public final class Connector {
    /** Bounds what the kernel holds of a paused stream. */
    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;

    private static final int KEEPALIVE_SECONDS = 60;
    private static final int KEEPALIVE_PROBES = 5;

    private final Endpoint endpoint;
    private final HttpSettings settings;
    private final @Nullable SslContext tls;
    private final @Nullable ProxySettings proxy;

    private final RecvByteBufAllocator reads;

    public Connector(Endpoint endpoint, HttpSettings settings) {
        this.endpoint = endpoint;
        this.settings = settings;
        this.reads = settings.http2() == null ? reads(16 * 1024, 2) : reads(8 * 1024, 4);
        this.tls = endpoint.tls() ? contextOf(settings) : null;
        ProxySettings given = settings.proxy();
        this.proxy = given != null && given.covers(endpoint.host()) ? given : null;
    }

    /**
     * Small reads, few in a row: a stream that is paused must not have a megabyte on the way already. Over HTTP/2 whole frames are put
     * together besides, so there they are smaller.
     */
    private static RecvByteBufAllocator reads(int maxBytes, int inARow) {
        return new AdaptiveRecvByteBufAllocator(512, 2048, maxBytes).maxMessagesPerRead(inARow);
    }

    private static SslContext contextOf(HttpSettings settings) {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2");
        if (!settings.trusted().isEmpty()) {
            builder.trustManager(settings.trusted());
        }
        if (settings.http2() != null) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1));
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("tls: no client context (expected: a working TLS provider)", e);
        }
    }

    void open(EventLoop loop, UpstreamPool pool, Opening.Opened opened) {
        new Opening(this, loop, pool, opened).start();
    }

    /** Whether the connection will speak HTTP/2: as agreed in the TLS handshake, and without TLS as the settings say. */
    boolean sharing(@Nullable SslHandler shaken) {
        return settings.http2() != null
                && (shaken == null || ApplicationProtocolNames.HTTP_2.equals(shaken.applicationProtocol()));
    }

    HttpSettings settings() {
        return settings;
    }

    Executor resolving() {
        return settings.resolving();
    }

    /** The host whose address is needed: the proxy's, or the upstream's own. */
    String firstHost() {
        return proxy != null ? proxy.host() : endpoint.host();
    }

    /** A bootstrap without a handler. */
    Bootstrap bootstrap(EventLoop loop) {
        long timeoutMillis = settings.connectTimeout().toMillis();
        return new Bootstrap()
                .group(loop)
                .channelFactory(settings.sockets())
                .disableResolver()
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                .option(ChannelOption.RECVBUF_ALLOCATOR, reads)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, timeoutMillis));
    }

    /** Where the socket is said to go; a proxy handler turns it to the proxy and looks the name up there. */
    InetSocketAddress target(InetAddress first) {
        return proxy != null
                ? InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port())
                : new InetSocketAddress(first, endpoint.port());
    }

    @Nullable
    HttpProxyHandler proxyHandler(InetAddress first) {
        if (proxy == null) {
            return null;
        }
        InetSocketAddress address = new InetSocketAddress(first, proxy.port());
        HttpProxyHandler handler = proxy.user() == null || proxy.password() == null
                ? new HttpProxyHandler(address)
                : new HttpProxyHandler(address, proxy.user(), proxy.password());
        // The opening has one clock for all its steps.
        handler.setConnectTimeoutMillis(0);
        return handler;
    }

    @Nullable
    SslHandler tlsHandler(Channel channel) {
        if (tls == null) {
            return null;
        }
        SslHandler handler = tls.newHandler(channel.alloc(), endpoint.host(), endpoint.port());
        // Without this any valid certificate of anybody would do.
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        handler.engine().setSSLParameters(parameters);
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }

    /** Asks the kernel to notice a peer that is gone. Only epoll has these options. */
    static void keepAlive(Channel channel) {
        if (channel instanceof EpollSocketChannel) {
            channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_SECONDS);
            channel.config().setOption(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_SECONDS);
            channel.config().setOption(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
        }
    }
}
