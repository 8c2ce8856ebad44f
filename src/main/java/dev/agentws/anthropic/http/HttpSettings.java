package dev.agentws.anthropic.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How the host is reached, and how long a connection to it is kept. Immutable; shared by all event loops.
 *
 * @param sockets makes client sockets that fit the event loops
 * @param trusted who may vouch for an https endpoint; none for those whom the Java runtime trusts
 * @param resolving runs name lookups, which block
 * @param proxy the HTTP proxy to tunnel through, or null
 * @param connectTimeout for a whole connection: name lookup, TCP, proxy and TLS handshake together
 * @param maxIdlePerLoop the most idle connections that are kept for one event loop
 * @param idleConnectionLife how long an idle connection is kept
 * @param http2 how connections are shared where the host speaks HTTP/2, or null to speak HTTP/1.1 only
 */
public record HttpSettings(
        ChannelFactory<? extends Channel> sockets,
        List<X509Certificate> trusted,
        Executor resolving,
        @Nullable ProxySettings proxy,
        Duration connectTimeout,
        int maxIdlePerLoop,
        Duration idleConnectionLife,
        @Nullable SharedRules http2) {}
