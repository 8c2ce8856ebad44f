package dev.agentws.websocket;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a token may stand. It is never logged. */
final class PresentedToken {
    private static final String BEARER = "bearer ";

    private PresentedToken() {}

    /** The token without white space and a leading {@code Bearer }. */
    static String clean(String token) {
        String text = token.strip();
        return text.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? text.substring(BEARER.length()).strip()
                : text;
    }

    /** The token of a request: the header is asked first, because an address is more easily copied with an old token in it. */
    static @Nullable String of(HttpHeaders headers, QueryStringDecoder uri) {
        String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return clean(authorization);
        }
        List<String> query = uri.parameters().get("token");
        return query == null ? null : clean(query.get(0));
    }
}
