package dev.agentws.anthropic.http;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Heads in the form of HTTP/2. Stateless. */
final class SharedHead {
    private SharedHead() {}

    static Http2Headers write(UpstreamRequest request) {
        Http2Headers headers = new DefaultHttp2Headers(false, 16)
                .method("POST")
                .scheme(request.endpoint().tls() ? "https" : "http")
                .path(request.endpoint().path());
        for (Map.Entry<String, String> each : request.headers().entrySet()) {
            String name = each.getKey().toLowerCase(Locale.ROOT);
            if (name.equals("host")) {
                headers.authority(each.getValue());
            } else {
                headers.add(name, each.getValue());
            }
        }
        return headers;
    }

    /** The head of a response whose framing the codec has checked; its text is checked here, as that of HTTP/1.1 is. */
    static ResponseHead read(Http2Headers headers) throws MalformedResponseException {
        if (headers.size() - 1 > HeadParser.MAX_HEADERS) {
            throw new MalformedResponseException("response head: more than " + HeadParser.MAX_HEADERS + " headers");
        }
        List<String> fields = new ArrayList<>(2 * headers.size());
        for (Map.Entry<CharSequence, CharSequence> each : headers) {
            String name = each.getKey().toString();
            if (!name.startsWith(":")) {
                fields.add(name);
                fields.add(checked(each.getValue().toString()));
            }
        }
        return new ResponseHead(status(headers.status()), 1, fields);
    }

    private static int status(CharSequence text) throws MalformedResponseException {
        boolean shaped = text != null
                && text.length() == 3
                && text.charAt(0) >= '1'
                && text.charAt(0) <= '5'
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!shaped) {
            throw new MalformedResponseException("response head: no status of 100 to 599");
        }
        return Integer.parseInt(text.toString());
    }

    private static String checked(String value) throws MalformedResponseException {
        if (!value.chars().allMatch(HttpText::isFieldByte)) {
            throw new MalformedResponseException("response head: control character");
        }
        return value.strip();
    }
}
