package dev.agentws.anthropic;

import dev.agentws.anthropic.http.Endpoint;
import dev.agentws.anthropic.http.HttpText;
import dev.agentws.anthropic.http.UpstreamRequest;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;

/** Puts the headers before a request. Immutable, thread-safe. */
final class RequestHead {
    /** The beta without which first-party OAuth tokens are refused. */
    private static final String OAUTH_BETA = "oauth-2025-04-20";

    private static final String OAUTH_TOKEN_PREFIX = "sk-ant-oat";

    private final Endpoint endpoint;
    private final Map<String, String> fixed = new LinkedHashMap<>();
    private final Map<String, String> custom;
    private final boolean oauth;

    RequestHead(UpstreamConfig config, Endpoint endpoint, String userAgent) {
        this.endpoint = endpoint;
        fixed.put("host", endpoint.authority());
        fixed.put("content-type", "application/json");
        fixed.put("accept", "application/json");
        // The answer is read as it comes: a compressed one would be held back by its encoder and could be a bomb.
        fixed.put("accept-encoding", "identity");
        fixed.put("user-agent", userAgent);
        String key = config.apiKey();
        if (key != null) {
            boolean bearer = config.keyHeader() == UpstreamConfig.KeyHeader.BEARER;
            fixed.put(bearer ? "authorization" : "x-api-key", bearer ? "Bearer " + key : key);
        }
        String token = config.authToken();
        if (token != null) {
            fixed.put("authorization", "Bearer " + token);
        }
        oauth = token != null && token.startsWith(OAUTH_TOKEN_PREFIX);
        custom = config.customHeaders();
    }

    /**
     * A request, which owns the body.
     *
     * @param ofBody the headers that belong to the body
     * @throws IllegalArgumentException if one of them is no header; the body stays the caller's then
     */
    UpstreamRequest before(Map<String, String> ofBody, ByteBuf body) {
        Map<String, String> headers = new LinkedHashMap<>(fixed);
        headers.putAll(ofBody);
        if (oauth) {
            headers.merge("anthropic-beta", OAUTH_BETA, (given, ours) -> given.isEmpty() ? ours : given + "," + ours);
        }
        headers.putAll(custom);
        headers.put("content-length", Integer.toString(body.readableBytes()));
        headers.forEach((name, value) -> {
            if (!HttpText.isToken(name) || !HttpText.isFieldValue(value)) {
                throw new IllegalArgumentException(HttpText.printable(name)
                        + ": (hidden) (expected: a header of ASCII without control characters)");
            }
        });
        return new UpstreamRequest(endpoint, headers, body);
    }
}
