package dev.agentws.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP requests of a connection, one after the other, until one upgrades it. Bodies are refused, so a request is its head. A head has
 * one deadline from beginning to end: a client that trickles it byte by byte gains nothing. Confined to the connection's event loop.
 */
final class HttpRequestHandler extends SweptHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HttpRequestHandler.class);

    private final ListenerState listener;
    private final OriginPolicy origins;
    private final HttpRoutes routes;
    private State state = State.READING;
    private boolean counted;
    private boolean keepAlive;
    private boolean answeredBefore;
    private @Nullable HttpRequest head;
    private @Nullable ChannelHandlerContext ctx;

    HttpRequestHandler(ListenerState listener, OriginPolicy origins, HttpRoutes routes, HeartbeatSweep sweep) {
        super(sweep);
        this.listener = listener;
        this.origins = origins;
        this.routes = routes;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        super.handlerAdded(ctx);
        counted = listener.counts().tryAccept();
        if (!counted) {
            LOG.warn("{}: refused, too many connections that are not upgraded", ctx.channel());
            ctx.close();
            return;
        }
        awaitHead(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (counted) {
            counted = false;
            listener.counts().leaveAccepted();
        }
        super.handlerRemoved(ctx);
    }

    private void awaitHead(ChannelHandlerContext ctx) {
        state = State.READING;
        deadline(listener.config().deadlines().upgrade().toNanos(), () -> timeOut(ctx));
    }

    // Between two requests nobody waits for an answer, and one that comes unasked would be taken for that of the next
    // request. Before the end of a TLS handshake none could be read.
    private void timeOut(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (answeredBefore || (tls != null && !tls.handshakeFuture().isSuccess())) {
            ctx.close();
        } else {
            answer(ctx, HttpAnswer.detail(HttpResponseStatus.REQUEST_TIMEOUT, "Request Timeout"), false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        try {
            if (state == State.ENDING || !(msg instanceof HttpObject part)) {
                return;
            }
            if (part.decoderResult().isFailure()) {
                answer(ctx, malformed(part.decoderResult().cause()), false);
            } else if (state == State.ANSWERING) {
                // A pipelined request: HTTP allows to close after the answer under way, and then the client asks again.
                keepAlive = false;
            } else if (msg instanceof HttpRequest request) {
                begin(ctx, request);
            } else if (msg instanceof LastHttpContent && head != null) {
                HttpRequest whole = head;
                head = null;
                handle(ctx, whole);
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        boolean get =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!hasBody(request)) {
            keepAlive = HttpUtil.isKeepAlive(request);
            head = request;
        } else if (get) {
            answer(ctx, HttpAnswer.detail(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "No body allowed"), false);
        } else {
            keepAlive = false;
            handle(ctx, request);
        }
    }

    private static boolean hasBody(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    }

    private void handle(ChannelHandlerContext ctx, HttpRequest request) {
        HttpHeaders headers = request.headers();
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
            answer(ctx, HttpAnswer.detail(HttpResponseStatus.BAD_REQUEST, "Exactly one Host header expected"), false);
        } else if (!origins.allowsHost(headers)) {
            answer(ctx, HttpAnswer.detail(HttpResponseStatus.FORBIDDEN, "Host not allowed"), false);
        } else {
            route(ctx, request);
        }
    }

    private void route(ChannelHandlerContext ctx, HttpRequest request) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        CompletionStage<HttpAnswer> answer;
        try {
            // Decodes, and so finds bad percent signs here.
            if (uri.path().equals(HttpRoutes.WEBSOCKET_PATH)) {
                uri.parameters();
                upgrade(ctx, request, uri);
                return;
            }
            answer = routes.answer(request, uri, ctx.channel().remoteAddress());
        } catch (IllegalArgumentException e) {
            answer =
                    CompletableFuture.completedFuture(HttpAnswer.detail(HttpResponseStatus.BAD_REQUEST, "Bad Request"));
        }
        state = State.ANSWERING;
        clearDeadline();
        answer.whenComplete((result, fault) -> {
            HttpAnswer found = fault == null && result != null
                    ? result
                    : HttpAnswer.detail(HttpResponseStatus.INTERNAL_SERVER_ERROR, "Internal Server Error");
            if (ctx.executor().inEventLoop()) {
                answer(ctx, found, keepAlive);
            } else {
                ctx.executor().execute(() -> answer(ctx, found, keepAlive));
            }
        });
    }

    private void upgrade(ChannelHandlerContext ctx, HttpRequest request, QueryStringDecoder uri) {
        HttpAnswer refusal = WebSocketUpgrade.refusal(request, origins);
        if (refusal != null) {
            answer(ctx, refusal, false);
            return;
        }
        if (listener.services().status().draining().getAsBoolean()) {
            answer(ctx, HttpAnswer.detail(HttpResponseStatus.SERVICE_UNAVAILABLE, "The server is going away"), false);
            return;
        }
        state = State.ENDING;
        clearDeadline();
        WebSocketUpgrade.keepTrace(ctx.channel(), request.headers());
        String token = PresentedToken.of(request.headers(), uri);
        ctx.writeAndFlush(WebSocketUpgrade.acceptance(request));
        ClientPipeline.toWebSocket(ctx.pipeline(), listener, token);
    }

    private static HttpAnswer malformed(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpAnswer.detail(HttpResponseStatus.REQUEST_URI_TOO_LONG, "URI Too Long");
        }
        return cause instanceof TooLongHttpHeaderException
                ? HttpAnswer.detail(
                        HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large")
                : HttpAnswer.detail(HttpResponseStatus.BAD_REQUEST, "Bad Request");
    }

    private void answer(ChannelHandlerContext ctx, HttpAnswer answer, boolean keep) {
        if (state == State.ENDING || !ctx.channel().isActive()) {
            return;
        }
        FullHttpResponse response = answer.toResponse();
        HttpUtil.setKeepAlive(response.headers(), HttpVersion.HTTP_1_1, keep);
        if (answer.status().equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            response.headers().add(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE);
        }
        if (keep) {
            answeredBefore = true;
            awaitHead(ctx);
            ctx.writeAndFlush(response);
            return;
        }
        state = State.ENDING;
        head = null;
        deadline(listener.config().deadlines().close().toNanos(), ctx::close);
        // What the client still sends is read and dropped: closing at once would reset the connection and lose the
        // answer.
        ctx.writeAndFlush(response).addListener(written -> OutputEnd.of(ctx.channel()));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("{}: fault before the upgrade, closing", ctx.channel(), cause);
        ctx.close();
    }

    @Override
    void goAway() {
        abort();
    }

    @Override
    void abort() {
        if (ctx != null) {
            ctx.close();
        }
    }

    @Override
    void sweep(long nowNanos) {
        // Nothing but the deadline.
    }

    private enum State {
        /** A head is awaited or under way. */
        READING,
        /** An answer is being made. */
        ANSWERING,
        /** The last answer is out, or the connection is no longer HTTP. */
        ENDING
    }
}
