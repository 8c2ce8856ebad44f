package dev.agentws.anthropic.http;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.concurrent.Promise;

/** Puts the parts of one {@link SharedConnection} together, with Netty's limits on floods of frames. */
final class SharedConnectionBuilder
        extends AbstractHttp2ConnectionHandlerBuilder<SharedConnection, SharedConnectionBuilder> {
    private final UpstreamPool pool;
    private final Promise<SharedConnection> ready;

    private SharedConnectionBuilder(UpstreamPool pool, Promise<SharedConnection> ready) {
        this.pool = pool;
        this.ready = ready;
    }

    /** @param ready told once the peer has introduced itself, or that it never will */
    static SharedConnection build(UpstreamPool pool, Promise<SharedConnection> ready) {
        SharedRules rules = requireNonNull(pool.settings().http2(), "http2");
        Http2Connection connection = new DefaultHttp2Connection(false, 0);
        connection
                .local()
                .flowController(new DefaultHttp2LocalFlowController(
                        connection, DefaultHttp2LocalFlowController.DEFAULT_WINDOW_UPDATE_RATIO, true));
        return new SharedConnectionBuilder(pool, ready)
                .connection(connection)
                .initialSettings(new Http2Settings()
                        .pushEnabled(false)
                        .initialWindowSize(rules.streamWindow())
                        .maxHeaderListSize(HeadParser.MAX_BYTES))
                .gracefulShutdownTimeoutMillis(0)
                .build();
    }

    @Override
    protected SharedConnection build(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings announced) {
        return new SharedConnection(decoder, encoder, announced, pool, ready);
    }
}
