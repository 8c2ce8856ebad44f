package dev.agentws.websocket;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A whole HTTP answer. Immutable.
 *
 * @param headers besides those that every answer has
 */
record HttpAnswer(HttpResponseStatus status, String contentType, byte[] body, Map<CharSequence, String> headers) {
    private static final String JSON = "application/json";

    static HttpAnswer json(HttpResponseStatus status, byte[] body) {
        return new HttpAnswer(status, JSON, body, Map.of());
    }

    /**
     * {@code {"detail":...}}, as clients of this protocol expect failures.
     *
     * @param detail a constant text without quotes and backslashes, never input
     */
    static HttpAnswer detail(HttpResponseStatus status, String detail) {
        return json(status, ("{\"detail\":\"" + detail + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    static HttpAnswer notFound() {
        return detail(HttpResponseStatus.NOT_FOUND, "Not Found");
    }

    /** The document in the form that the client takes, or 304 if the client has it already. */
    static HttpAnswer page(PageSource.Page page, HttpHeaders request) {
        Map<CharSequence, String> headers = new HashMap<>(page.headers());
        byte[] body = page.body();
        if (page.gzipped() != null) {
            headers.put(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING.toString());
            if (takesGzip(request)) {
                headers.put(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP.toString());
                body = page.gzipped();
            }
        }
        String tag = page.headers().get("etag");
        boolean known = tag != null && listed(request, HttpHeaderNames.IF_NONE_MATCH, tag);
        // The body of a 304 is not sent, only its length.
        return new HttpAnswer(
                known ? HttpResponseStatus.NOT_MODIFIED : HttpResponseStatus.OK, page.contentType(), body, headers);
    }

    private static boolean takesGzip(HttpHeaders request) {
        return listed(request, HttpHeaderNames.ACCEPT_ENCODING, "gzip");
    }

    /** Whether one of the header's comma-separated values is the wanted one; with parameters (such as {@code q=0}) it is not. */
    private static boolean listed(HttpHeaders request, CharSequence header, String wanted) {
        return request.getAll(header).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .anyMatch(value -> value.strip().equals(wanted));
    }

    HttpAnswer with(Map<CharSequence, String> more) {
        return new HttpAnswer(status, contentType, body, more);
    }

    /** The message to write; who writes it releases it. */
    FullHttpResponse toResponse() {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        HttpHeaders all = response.headers();
        all.set(HttpHeaderNames.CONTENT_TYPE, contentType);
        all.setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        all.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        all.set("x-content-type-options", "nosniff");
        headers.forEach(all::set);
        return response;
    }
}
