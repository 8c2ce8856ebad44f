package dev.agentws.anthropic.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How the host is reached, and how long a connection to it is kept. Immutable; shared by all event loops.
 *
 * @param sockets makes client sockets that fit the event loops
 * @param tls the client context for an https endpoint, or null for one with the trust of the Java runtime
 * @param resolving runs name lookups, which block
 * @param proxy the HTTP proxy to tunnel through, or null
 * @param connectTimeout for a whole connection: name lookup, TCP, proxy and TLS handshake together
 * @param maxIdlePerLoop the most idle connections that are kept for one event loop
 * @param idleConnectionLife how long an idle connection is kept
 */
public record HttpSettings(
        ChannelFactory<? extends Channel> sockets,
        @Nullable SslContext tls,
        Executor resolving,
        @Nullable ProxySettings proxy,
        Duration connectTimeout,
        int maxIdlePerLoop,
        Duration idleConnectionLife) {}
