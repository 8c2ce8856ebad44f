package dev.agentws.simulator.wire;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Builds the status line and headers of one answer. Immutable. */
public final class ReplyHead {
    private static final String JSON = "application/json";
    private static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

    private final Clock clock;
    private final boolean announce;
    private final String requestId;
    private final boolean keepAlive;

    /**
     * @param clock for the dates
     * @param announce whether the answer says that it is simulated
     */
    public ReplyHead(Clock clock, boolean announce, String requestId, boolean keepAlive) {
        this.clock = clock;
        this.announce = announce;
        this.requestId = requestId;
        this.keepAlive = keepAlive;
    }

    boolean keepAlive() {
        return keepAlive;
    }

    /** The head of a body that follows in chunks. */
    HttpResponse chunked(boolean events) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("content-type", events ? EVENT_STREAM : JSON);
        if (events) {
            head.headers().set("cache-control", "no-cache");
        }
        head.headers().set("transfer-encoding", "chunked");
        common(head.headers());
        return head;
    }

    /** A whole JSON answer; takes over the body. */
    public FullHttpResponse whole(int status, ByteBuf body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), body);
        response.headers().set("content-type", JSON);
        response.headers().set("content-length", body.readableBytes());
        common(response.headers());
        return response;
    }

    private void common(HttpHeaders headers) {
        Instant now = clock.instant();
        headers.set("date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)));
        headers.set("connection", keepAlive ? "keep-alive" : "close");
        headers.set("request-id", requestId);
        headers.set("anthropic-organization-id", "00000000-0000-4000-8000-000000000001");
        headers.set("anthropic-workspace-id", "wrkspc_01SimulatedWorkspace00000");
        String reset = now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1).toString();
        rateLimit(headers, "requests", new int[] {1000, 999}, reset);
        rateLimit(headers, "input-tokens", new int[] {2_000_000, 1_999_000}, reset);
        rateLimit(headers, "output-tokens", new int[] {400_000, 399_000}, reset);
        rateLimit(headers, "tokens", new int[] {2_400_000, 2_398_000}, reset);
        headers.set("server", "cloudflare");
        headers.set("x-robots-tag", "none");
        if (announce) {
            headers.set("x-simulator", "agentws");
        }
    }

    private static void rateLimit(HttpHeaders headers, String kind, int[] limitAndRest, String reset) {
        headers.set("anthropic-ratelimit-" + kind + "-limit", limitAndRest[0]);
        headers.set("anthropic-ratelimit-" + kind + "-remaining", limitAndRest[1]);
        headers.set("anthropic-ratelimit-" + kind + "-reset", reset);
    }
}
