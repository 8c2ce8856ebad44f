package dev.agentws.anthropic.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection on its way up: name lookup, TCP (each address in turn), the proxy's CONNECT, TLS; all within one time limit. The
 * pipeline is {@code proxy}, {@code tls}, {@code opening}, the first two only where they are needed; in the end the connection takes the
 * place of {@code opening}, that of HTTP/1.1 or of HTTP/2 as was agreed. Confined to its event loop.
 */
final class Opening {
    private static final Logger log = LoggerFactory.getLogger(Opening.class);

    private final Connector connector;
    private final EventLoop loop;
    private final UpstreamPool pool;
    private final Opened opened;
    private @Nullable Channel channel;
    private @Nullable Future<?> limit;
    private boolean done;

    Opening(Connector connector, EventLoop loop, UpstreamPool pool, Opened opened) {
        this.connector = connector;
        this.loop = loop;
        this.pool = pool;
        this.opened = opened;
    }

    /** What comes of it; exactly one of the three is called, once. */
    interface Opened {
        void single(UpstreamConnection connection);

        void shared(SharedConnection connection);

        void refused(Throwable cause);
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
                        ch.pipeline().addLast("opening", new Placeholder());
                    }
                })
                .connect(connector.target(first));
        channel = connecting.channel();
        connecting.addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                shakeHands(connected.channel(), proxy);
            } else if (index + 1 < addresses.length) {
                connect(addresses, index + 1);
            } else {
                fail(connected.cause());
            }
        });
    }

    private void shakeHands(Channel connected, @Nullable HttpProxyHandler proxy) {
        SslHandler tls = connected.pipeline().get(SslHandler.class);
        if (proxy != null) {
            // Asked first, because a refusal of the proxy is a better reason than the TLS handshake that it cuts short.
            proxy.connectFuture().addListener((Future<Channel> tunnel) -> {
                if (!tunnel.isSuccess()) {
                    fail(tunnel.cause());
                } else if (tls == null) {
                    settle(connected, tls);
                }
            });
        }
        if (tls != null) {
            tls.handshakeFuture().addListener((Future<Channel> handshake) -> {
                if (handshake.isSuccess()) {
                    settle(connected, tls);
                } else {
                    fail(handshake.cause());
                }
            });
        } else if (proxy == null) {
            settle(connected, tls);
        }
    }

    private void timeOut() {
        fail(new ConnectTimeoutException(
                "nothing within " + connector.settings().connectTimeout().toMillis() + " ms"));
    }

    /** Everything below HTTP stands. */
    private void settle(Channel connected, @Nullable SslHandler tls) {
        if (done) {
            return;
        }
        if (pool.isClosed()) {
            fail(UpstreamPool.closed());
        } else if (connector.sharing(tls)) {
            Promise<SharedConnection> ready = loop.newPromise();
            ready.addListener((Future<SharedConnection> introduced) -> {
                if (!introduced.isSuccess()) {
                    fail(introduced.cause());
                } else if (finish()) {
                    opened.shared(introduced.getNow());
                }
            });
            connected.pipeline().replace("opening", "connection", SharedConnectionBuilder.build(pool, ready));
        } else {
            UpstreamConnection connection = new UpstreamConnection(pool);
            connected.pipeline().replace("opening", "connection", connection);
            if (finish()) {
                opened.single(connection);
            }
        }
    }

    /** Stands where the connection will: what fails before that is known by the steps themselves. */
    private static final class Placeholder extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            log.debug("{}: closing after an error", ctx.channel(), cause);
            ctx.close();
        }
    }

    private void fail(Throwable cause) {
        if (finish()) {
            if (channel != null) {
                channel.close();
            }
            opened.refused(cause);
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
