package dev.agentws.anthropic;

import dev.agentws.agent.model.ModelClient;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.anthropic.http.Connector;
import dev.agentws.anthropic.http.Endpoint;
import dev.agentws.anthropic.http.HttpSettings;
import dev.agentws.anthropic.http.SharedRules;
import dev.agentws.anthropic.http.UpstreamPool;
import dev.agentws.anthropic.request.CompactionEdit;
import dev.agentws.anthropic.request.MessagesRequestWriter;
import dev.agentws.anthropic.request.RequestBody;
import dev.agentws.anthropic.stream.StreamEventReader;
import dev.agentws.anthropic.stream.StreamLimits;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Messages API over HTTP/1.1, or HTTP/2 where that is wanted: each call on a connection of its session's own event loop, kept alive
 * in between. Faults of the upstream are retried with growing waits, as long as no block has been handed on. Thread-safe.
 */
public final class AnthropicClient implements ModelClient, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AnthropicClient.class);

    /** The resource under the base URL. */
    static final String MESSAGES = "/v1/messages";

    private final Upstream upstream;
    private final Connector connector;
    private final Map<EventLoop, UpstreamPool> pools = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A client that opens no connection before its first call. */
    public AnthropicClient(UpstreamConfig config, Transport transport) {
        this(
                config,
                transport,
                new MessagesRequestWriter(),
                // The connection adds the request id of the response to what the reader reports.
                (listener, outcome) -> new StreamEventReader(
                        listener, outcome, StreamLimits.DEFAULT, PooledByteBufAllocator.DEFAULT, () -> null));
    }

    AnthropicClient(UpstreamConfig config, Transport transport, RequestBody body, ReaderFactory readers) {
        Endpoint endpoint = Endpoint.of(config.baseUrl(), MESSAGES);
        RetryRule retries = new RetryRule(config.maxRetries(), transport.clock(), transport.random());
        upstream =
                new Upstream(config, endpoint, new RequestHead(config, endpoint, userAgent()), body, readers, retries);
        connector = new Connector(
                endpoint,
                new HttpSettings(
                        transport.sockets(),
                        config.trusted(),
                        transport.resolving(),
                        config.proxy(),
                        config.connectTimeout(),
                        config.maxIdlePerLoop(),
                        config.idleConnectionLife(),
                        config.http2() ? SharedRules.DEFAULT : null));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code loop} is not an event loop of Netty that can carry the client's sockets
     */
    @Override
    public ModelStream stream(ModelRequest request, ModelListener listener, EventExecutor loop) {
        if (!(loop instanceof EventLoop own)) {
            throw new IllegalArgumentException("loop: " + loop + " (expected: an io.netty.channel.EventLoop)");
        }
        UpstreamPool pool = pool(own);
        ModelCall call = new ModelCall(upstream, pool, own, request, listener);
        // Not at once, because no callback may come before this method has returned.
        own.execute(() -> {
            if (closed) {
                pool.close();
            }
            call.start();
        });
        return call;
    }

    @Override
    public boolean compacts(String model) {
        return CompactionEdit.offeredBy(model);
    }

    /** Closes all connections, those in use included: their calls fail. Returns at once; later calls fail at once. */
    @Override
    public void close() {
        closed = true;
        pools.forEach((loop, pool) -> {
            try {
                loop.execute(pool::close);
            } catch (RejectedExecutionException e) {
                log.debug("event loop is gone, and its connections with it");
            }
        });
    }

    /** The pool that belongs to this loop, and is only to be touched on it. */
    UpstreamPool pool(EventLoop loop) {
        return pools.computeIfAbsent(loop, key -> new UpstreamPool(connector, key));
    }

    private static String userAgent() {
        String version = AnthropicClient.class.getPackage().getImplementationVersion();
        return version == null ? "agentws" : "agentws/" + version;
    }
}
