package dev.agentws.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The opening handshake of RFC 6455, section 4.2. No subprotocol and no extension is ever agreed upon. */
public final class WebSocketUpgrade {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;

    /** The trace that the request belongs to, as W3C Trace Context writes it. */
    public static final AttributeKey<String> TRACE_PARENT = AttributeKey.valueOf(WebSocketUpgrade.class, "traceParent");

    private static final int MAX_TRACE_PARENT = 64;

    private WebSocketUpgrade() {}

    /** Remembers whose trace the connection belongs to, if the request says so. */
    static void keepTrace(Channel channel, HttpHeaders headers) {
        String parent = headers.get("traceparent");
        if (parent != null && parent.length() <= MAX_TRACE_PARENT) {
            channel.attr(TRACE_PARENT).set(parent);
        }
    }

    /** Why the request cannot be upgraded, or null if it can. */
    static @Nullable HttpAnswer refusal(HttpRequest request, OriginPolicy origins) {
        HttpHeaders headers = request.headers();
        if (!request.method().equals(HttpMethod.GET)) {
            return HttpRoutes.methodNotAllowed("GET");
        }
        if (!headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            return HttpAnswer.detail(HttpResponseStatus.UPGRADE_REQUIRED, "WebSocket upgrade required")
                    .with(Map.of(HttpHeaderNames.UPGRADE, "websocket", HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION));
        }
        if (!origins.allowsOrigin(headers)) {
            return HttpAnswer.detail(HttpResponseStatus.FORBIDDEN, "Origin not allowed");
        }
        if (!VERSION.equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            return HttpAnswer.detail(HttpResponseStatus.UPGRADE_REQUIRED, "WebSocket version 13 required")
                    .with(Map.of(HttpHeaderNames.UPGRADE, "websocket", HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION));
        }
        boolean upgrades = headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
        if (!upgrades || !request.protocolVersion().equals(HttpVersion.HTTP_1_1) || key(headers) == null) {
            return HttpAnswer.detail(HttpResponseStatus.BAD_REQUEST, "Malformed WebSocket upgrade");
        }
        return null;
    }

    /** The answer that upgrades; for a request without {@link #refusal}. */
    static FullHttpResponse acceptance(HttpRequest request) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
        response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept(String.valueOf(key(request.headers()))));
        return response;
    }

    private static @Nullable String key(HttpHeaders headers) {
        List<String> keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        if (keys.size() != 1) {
            return null;
        }
        try {
            String key = keys.get(0).strip();
            return Base64.getDecoder().decode(key).length == KEY_BYTES ? key : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** SHA-1 because the RFC says so; it protects nothing, it only shows that the server understood. */
    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-1: missing (expected: part of every Java runtime)", e);
        }
    }
}
