package dev.agentws.websocket;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.agentws.metrics.Instruments;
import dev.agentws.metrics.LogLevels;
import dev.agentws.metrics.MetricsAccess;
import dev.agentws.protocol.ProtocolDocument;
import dev.agentws.websocket.TokenCheck.Verdict;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server answers to plain HTTP requests. Thread-safe; what may block or needs a token is answered later, all else at once. */
final class HttpRoutes {
    static final String WEBSOCKET_PATH = "/ws";

    private static final Logger LOG = LoggerFactory.getLogger(HttpRoutes.class);
    private static final String AGENTS = "/agents";
    /** The protocol for programs that make clients. */
    private static final String DOCUMENT = "/asyncapi.json";

    private static final String METRICS = "/metrics";
    private static final String LOG_LEVEL = "/loglevel";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final ListenerState listener;
    private final boolean local;

    /** @param local whether only this machine can ask */
    HttpRoutes(ListenerState listener, boolean local) {
        this.listener = listener;
        this.local = local;
    }

    /**
     * Answers a request for any path but {@link #WEBSOCKET_PATH}.
     *
     * @return completed on any thread, never with a failure
     */
    CompletionStage<HttpAnswer> answer(HttpRequest request, QueryStringDecoder uri, SocketAddress remote) {
        String path = uri.path();
        boolean get =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        Kept kept = kept(path);
        CompletionStage<HttpAnswer> answer;
        if (kept != null) {
            answer = kept(kept, request, uri, remote);
        } else {
            answer = document(path, request.headers())
                    .thenApply(found -> found == null ? HttpAnswer.notFound() : get ? found : onlyGet());
        }
        return answer.exceptionally(HttpRoutes::failed);
    }

    private static HttpAnswer onlyGet() {
        return methodNotAllowed("GET, HEAD");
    }

    private CompletionStage<HttpAnswer> kept(
            Kept kept, HttpRequest request, QueryStringDecoder uri, SocketAddress remote) {
        boolean change = kept == Kept.LOG_LEVEL && request.method().equals(HttpMethod.PUT);
        boolean get =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!change && !get) {
            return CompletableFuture.completedFuture(
                    kept == Kept.LOG_LEVEL ? methodNotAllowed("GET, HEAD, PUT") : onlyGet());
        }
        CompletionStage<@Nullable HttpAnswer> refusal = kept == Kept.METRICS && metricsAreOpen()
                ? CompletableFuture.completedFuture(null)
                : authorized(PresentedToken.of(request.headers(), uri), remote);
        return refusal.thenCompose(
                refused -> refused == null ? answer(kept, uri, change) : CompletableFuture.completedFuture(refused));
    }

    private @Nullable Kept kept(String path) {
        Instruments instruments = listener.services().instruments();
        if (path.equals(AGENTS) || path.startsWith(AGENTS + "/")) {
            return Kept.AGENTS;
        }
        if (path.equals(METRICS) && instruments.access() != MetricsAccess.OFF) {
            return Kept.METRICS;
        }
        return path.equals(LOG_LEVEL) && instruments.levels().current() != null ? Kept.LOG_LEVEL : null;
    }

    private boolean metricsAreOpen() {
        return switch (listener.services().instruments().access()) {
            case OPEN -> true;
            case AUTO -> local;
            case TOKEN, OFF -> false;
        };
    }

    private CompletionStage<HttpAnswer> answer(Kept kept, QueryStringDecoder uri, boolean change) {
        return switch (kept) {
            case AGENTS -> definitions(uri);
            case METRICS ->
                listener.services()
                        .instruments()
                        .page()
                        .scrape()
                        .thenApply(text -> new HttpAnswer(HttpResponseStatus.OK, PROMETHEUS_TEXT, text, Map.of()));
            case LOG_LEVEL -> CompletableFuture.completedFuture(logLevel(uri, change));
        };
    }

    private HttpAnswer logLevel(QueryStringDecoder uri, boolean change) {
        LogLevels levels = listener.services().instruments().levels();
        List<String> wished = uri.parameters().getOrDefault("level", List.of());
        if (change && (wished.isEmpty() || !levels.change(wished.get(0)))) {
            return HttpAnswer.detail(
                    HttpResponseStatus.BAD_REQUEST, "level: one of trace, debug, info, warn and error expected");
        }
        return HttpAnswer.json(HttpResponseStatus.OK, ascii("{\"level\":\"" + levels.current() + "\"}"));
    }

    /** What wants the token. */
    private enum Kept {
        AGENTS,
        METRICS,
        LOG_LEVEL
    }

    static HttpAnswer methodNotAllowed(String allowed) {
        return HttpAnswer.detail(HttpResponseStatus.METHOD_NOT_ALLOWED, "Method Not Allowed")
                .with(Map.of(HttpHeaderNames.ALLOW, allowed));
    }

    /** Completes with null if there is nothing at the path. */
    private CompletionStage<@Nullable HttpAnswer> document(String path, HttpHeaders headers) {
        ServerStatus status = listener.services().status();
        boolean html = wantsHtml(headers);
        switch (path) {
            case "/":
                HttpAnswer json = HttpAnswer.json(HttpResponseStatus.OK, root(status));
                return html
                        ? page(path, headers).thenApply(page -> page != null ? page : json)
                        : CompletableFuture.completedFuture(json);
            case "/health":
                return CompletableFuture.completedFuture(
                        HttpAnswer.json(HttpResponseStatus.OK, ascii("{\"status\":\"healthy\"}")));
            case "/ready":
                return CompletableFuture.completedFuture(ready(status));
            case DOCUMENT:
                // Off the event loop, because it is read from the jar.
                return CompletableFuture.supplyAsync(
                        () -> HttpAnswer.json(HttpResponseStatus.OK, ProtocolDocument.json()));
            default:
                return page(path, headers);
        }
    }

    private static HttpAnswer ready(ServerStatus status) {
        String word =
                status.draining().getAsBoolean() ? "draining" : status.cutOff().getAsBoolean() ? "cut_off" : "ready";
        return HttpAnswer.json(
                word.equals("ready") ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                ascii("{\"status\":\"" + word + "\"}"));
    }

    private static byte[] root(ServerStatus status) {
        String version = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(status.version()));
        String json = "{\"status\":\"ok\",\"service\":\"Claude Agent Server\",\"version\":\"" + version
                + "\",\"sessions\":" + status.sessions().getAsInt() + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private CompletionStage<@Nullable HttpAnswer> page(String path, HttpHeaders headers) {
        return listener.services().pages().page(path, wantsHtml(headers)).thenApply(found -> found.map(
                        page -> HttpAnswer.page(page, headers))
                .orElse(null));
    }

    // ---- agents

    /** Completes with null if the token is good, else with the refusal. */
    private CompletionStage<@Nullable HttpAnswer> authorized(@Nullable String token, SocketAddress remote) {
        FailedTokens failedTokens = listener.failedTokens();
        if (!listener.config().authEnabled()) {
            return CompletableFuture.completedFuture(null);
        }
        if (token == null) {
            return CompletableFuture.completedFuture(unauthorized());
        }
        if (failedTokens.allows(remote)) {
            return check(token).thenApply(verdict -> refusal(verdict, remote));
        }
        if (!failedTokens.tryLook()) {
            return CompletableFuture.completedFuture(tooMany());
        }
        return check(token)
                .whenComplete((verdict, fault) -> failedTokens.looked())
                .thenApply(verdict -> {
                    HttpAnswer refusal = refusal(verdict, remote);
                    return verdict == Verdict.REJECTED ? tooMany() : refusal;
                });
    }

    private HttpAnswer tooMany() {
        String seconds = String.valueOf(Math.max(1, listener.failedTokens().retryAfterMs() / 1000));
        return HttpAnswer.detail(HttpResponseStatus.TOO_MANY_REQUESTS, "Too many failed tokens from this address")
                .with(Map.of(HttpHeaderNames.RETRY_AFTER, seconds));
    }

    private CompletionStage<Verdict> check(String token) {
        try {
            return listener.services().tokens().check(token);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private @Nullable HttpAnswer refusal(Verdict verdict, SocketAddress remote) {
        return switch (verdict) {
            case ACCEPTED -> null;
            case NO_KEY -> HttpAnswer.detail(HttpResponseStatus.SERVICE_UNAVAILABLE, Authenticator.NO_KEY);
            case REJECTED -> {
                listener.meters().tokensRefused.increment();
                listener.failedTokens().failed(remote);
                yield unauthorized();
            }
        };
    }

    private static HttpAnswer unauthorized() {
        return HttpAnswer.detail(HttpResponseStatus.UNAUTHORIZED, "Authentication required")
                .with(Map.of(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"));
    }

    private CompletionStage<HttpAnswer> definitions(QueryStringDecoder uri) {
        List<String> directories = uri.parameters().get("working_directory");
        String directory = directories == null ? null : directories.get(0);
        String path = uri.path();
        CompletionStage<Optional<byte[]>> found;
        if (path.equals(AGENTS)) {
            found = listener.services().agents().list(directory);
        } else {
            String name = path.substring(AGENTS.length() + 1);
            if (name.isEmpty() || name.indexOf('/') >= 0) {
                return CompletableFuture.completedFuture(HttpAnswer.notFound());
            }
            found = listener.services().agents().find(name, directory);
        }
        return found.thenApply(json ->
                json.map(bytes -> HttpAnswer.json(HttpResponseStatus.OK, bytes)).orElseGet(HttpAnswer::notFound));
    }

    private static HttpAnswer failed(Throwable fault) {
        LOG.error("a request failed", fault);
        return HttpAnswer.detail(HttpResponseStatus.INTERNAL_SERVER_ERROR, "Internal Server Error");
    }

    private static boolean wantsHtml(HttpHeaders headers) {
        return headers.getAllAsString(HttpHeaderNames.ACCEPT).stream().anyMatch(accept -> accept.contains("text/html"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
