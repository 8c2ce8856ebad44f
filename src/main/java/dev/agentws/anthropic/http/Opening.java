package dev.agentws.anthropic.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One connection on its way up: name lookup, TCP (each address in turn), the proxy's CONNECT, TLS; all within one time limit. The
 * pipeline is {@code proxy}, {@code tls}, {@code connection}, the first two only where they are needed. Confined to its event loop.
 */
final class Opening {
    private final Connector connector;
    private final EventLoop loop;
    private final UpstreamPool pool;
    private final UpstreamPool.Taker taker;
    private @Nullable Channel channel;
    private @Nullable Future<?> limit;
    private boolean done;

    Opening(Connector connector, EventLoop loop, UpstreamPool pool, UpstreamPool.Taker taker) {
        this.connector = connector;
        this.loop = loop;
        this.pool = pool;
        this.taker = taker;
    }

    void start() {
        long nanos = connector.settings().connectTimeout().toNanos();
        limit = loop.schedule(this::timeOut, nanos, NANOSECONDS);
        Promise<InetAddress[]> addresses = loop.newPromise();
        addresses.addListener((Future<InetAddress[]> found) -> {
            if (found.isSuccess()) {
                connect(found.getNow(), 0);
            } else {
                fail(found.cause());
            }
        });
        lookUp(connector.firstHost(), addresses);
    }

    private void lookUp(String host, Promise<InetAddress[]> found) {
        try {
            byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
            if (literal != null) {
                found.setSuccess(new InetAddress[] {InetAddress.getByAddress(literal)});
                return;
            }
            connector.resolving().execute(() -> {
                try {
                    found.setSuccess(InetAddress.getAllByName(host));
                } catch (UnknownHostException | RuntimeException e) {
                    found.setFailure(e);
                }
            });
        } catch (UnknownHostException | RejectedExecutionException e) {
            found.setFailure(e);
        }
    }

    private void connect(InetAddress[] addresses, int index) {
        if (done) {
            return;
        }
        InetAddress first = addresses[index];
        HttpProxyHandler proxy = connector.proxyHandler(first);
        UpstreamConnection connection = new UpstreamConnection(pool);
        ChannelFuture connecting = connector
                .bootstrap(loop)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel ch) {
                        Connector.keepAlive(ch);
                        if (proxy != null) {
                            ch.pipeline().addLast("proxy", proxy);
                        }
                        SslHandler tls = connector.tlsHandler(ch);
                        if (tls != null) {
                            ch.pipeline().addLast("tls", tls);
                        }
                        ch.pipeline().addLast("connection", connection);
                    }
                })
                .connect(connector.target(first));
        channel = connecting.channel();
        connecting.addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                shakeHands(connected.channel(), proxy, connection);
            } else if (index + 1 < addresses.length) {
                connect(addresses, index + 1);
            } else {
                fail(connected.cause());
            }
        });
    }

    private void shakeHands(Channel connected, @Nullable HttpProxyHandler proxy, UpstreamConnection connection) {
        SslHandler tls = connected.pipeline().get(SslHandler.class);
        if (proxy != null) {
            // Asked first, because a refusal of the proxy is a better reason than the TLS handshake that it cuts short.
            proxy.connectFuture().addListener((Future<Channel> tunnel) -> {
                if (!tunnel.isSuccess()) {
                    fail(tunnel.cause());
                } else if (tls == null) {
                    succeed(connection);
                }
            });
        }
        if (tls != null) {
            tls.handshakeFuture().addListener((Future<Channel> handshake) -> {
                if (handshake.isSuccess()) {
                    succeed(connection);
                } else {
                    fail(handshake.cause());
                }
            });
        } else if (proxy == null) {
            succeed(connection);
        }
    }

    private void timeOut() {
        fail(new ConnectTimeoutException(
                "nothing within " + connector.settings().connectTimeout().toMillis() + " ms"));
    }

    private void succeed(UpstreamConnection connection) {
        if (pool.isClosed()) {
            fail(UpstreamPool.closed());
        } else if (finish()) {
            pool.opened(connection);
            taker.connected(connection);
        }
    }

    private void fail(Throwable cause) {
        if (finish()) {
            if (channel != null) {
                channel.close();
            }
            taker.refused(cause);
        }
    }

    private boolean finish() {
        if (done) {
            return false;
        }
        done = true;
        if (limit != null) {
            limit.cancel(false);
        }
        return true;
    }
}
