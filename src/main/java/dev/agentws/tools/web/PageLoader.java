package dev.agentws.tools.web;

import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Loads a page: looks its host up once, checks every address, connects to one of these, and follows redirects as long as they stay on
 * the host, each checked like the first. Blocks; for tool workers. Thread-safe.
 */
final class PageLoader {
    /**
     * Where a visit ended: at a page, or at a redirect to another host, which the model may follow with a call of its own, so that
     * the permission rules see it.
     */
    record Visit(@Nullable Page page, String movedTo, int code) {}

    /** One answer: head, and body as far as it was taken. */
    private record Answer(HttpResponse head, byte[] body, boolean cut) {}

    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final WebBounds bounds;
    private final HostResolver resolver;
    private final AddressPolicy policy;
    private final Supplier<SslContext> tlsMaker;
    private final LongSupplier nanoClock;
    private @Nullable SslContext tls;

    PageLoader(
            WebBounds bounds,
            HostResolver resolver,
            AddressPolicy policy,
            Supplier<SslContext> tls,
            LongSupplier nanoClock) {
        this.bounds = bounds;
        this.resolver = resolver;
        this.policy = policy;
        this.tlsMaker = tls;
        this.nanoClock = nanoClock;
    }

    Visit load(WebAddress first) throws ToolFailure, InterruptedException {
        long deadline = nanoClock.getAsLong() + bounds.maxDuration().toNanos();
        WebAddress at = first;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            Answer answer = ask(at, deadline);
            int code = answer.head().status().code();
            String location = answer.head().headers().get(HttpHeaderNames.LOCATION);
            if (!REDIRECTS.contains(code) || location == null) {
                return new Visit(page(at, answer), "", code);
            }
            String target = resolve(at, location);
            WebAddress next = WebAddress.parse(target, bounds.ports());
            if (!next.host().equals(at.host())) {
                return new Visit(null, next.text(), code);
            }
            at = next;
        }
        throw new ToolFailure(first.text() + ": more than " + MAX_REDIRECTS + " redirects");
    }

    private static Page page(WebAddress at, Answer answer) throws ToolFailure {
        HttpHeaders headers = answer.head().headers();
        if (headers.contains(HttpHeaderNames.CONTENT_ENCODING)) {
            throw new ToolFailure(at.text() + ": content-encoding "
                    + Shown.line(headers.get(HttpHeaderNames.CONTENT_ENCODING), 50) + " (expected: gzip or deflate)");
        }
        String text = PageText.of(at.text(), headers.get(HttpHeaderNames.CONTENT_TYPE, ""), answer.body());
        return new Page(
                at.text(),
                answer.head().status().code(),
                answer.head().status().reasonPhrase(),
                answer.body().length,
                text,
                answer.cut());
    }

    private static String resolve(WebAddress at, String location) throws ToolFailure {
        try {
            return URI.create(at.text()).resolve(location.strip()).toString();
        } catch (IllegalArgumentException failure) {
            throw new ToolFailure(
                    at.text() + ": redirects to " + Shown.line(location, 200) + " (expected: a well-formed address)");
        }
    }

    private Answer ask(WebAddress page, long deadline) throws ToolFailure, InterruptedException {
        InetAddress[] addresses = addresses(page);
        IOException last = new IOException("no address");
        for (InetAddress address : addresses) {
            try (HttpExchange exchange = new HttpExchange(page, tls(), nanoClock, deadline)) {
                exchange.begin(page, new InetSocketAddress(address, page.port()));
                return take(page, exchange);
            } catch (java.net.ConnectException unreachable) {
                last = unreachable;
            } catch (IOException | CodecException failure) {
                throw failed(page, failure);
            }
        }
        throw failed(page, last);
    }

    /** Not before it is needed: reading the certificates everybody trusts takes longer than the rest of the server's start. */
    private synchronized SslContext tls() {
        SslContext made = tls;
        if (made == null) {
            made = tlsMaker.get();
            tls = made;
        }
        return made;
    }

    private static ToolFailure failed(WebAddress page, Exception failure) {
        Throwable cause =
                failure instanceof CodecException && failure.getCause() != null ? failure.getCause() : failure;
        String message = cause.getMessage();
        String reason = message == null ? cause.getClass().getSimpleName() : message;
        return new ToolFailure(page.text() + ": could not be loaded: " + Shown.line(reason, 300));
    }

    /** One bad address spoils all: a name that leads into the house at times is no public name. */
    private InetAddress[] addresses(WebAddress page) throws ToolFailure {
        InetAddress[] addresses;
        try {
            addresses = resolver.resolve(page.host());
        } catch (UnknownHostException failure) {
            throw new ToolFailure(page.host() + ": no such host (expected: a public host name)");
        }
        for (InetAddress address : addresses) {
            if (!policy.allows(address)) {
                throw new ToolFailure(page.host() + ": leads to " + address.getHostAddress()
                        + ", which is not a public address (expected: a page of the public internet)");
            }
        }
        return addresses;
    }

    private Answer take(WebAddress page, HttpExchange exchange) throws IOException, ToolFailure, InterruptedException {
        HttpResponse head = head(exchange);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int code = head.status().code();
        if (REDIRECTS.contains(code)) {
            return new Answer(head, new byte[0], false);
        }
        PageText.requireReadable(page.text(), head.headers().get(HttpHeaderNames.CONTENT_TYPE, ""));
        while (true) {
            Object part = exchange.next();
            try {
                if (append(part, body)) {
                    return new Answer(head, body.toByteArray(), false);
                }
            } finally {
                ReferenceCountUtil.release(part);
            }
            if (body.size() >= bounds.maxBytes()) {
                return new Answer(head, body.toByteArray(), true);
            }
        }
    }

    /** Whether that was the last part. */
    private boolean append(Object part, ByteArrayOutputStream body) throws IOException {
        requireSound(part);
        if (part instanceof HttpContent content) {
            int room = bounds.maxBytes() - body.size();
            content.content().readBytes(body, Math.min(room, content.content().readableBytes()));
            return part instanceof LastHttpContent && !content.content().isReadable();
        }
        return false;
    }

    private static HttpResponse head(HttpExchange exchange) throws IOException, InterruptedException {
        while (true) {
            Object part = exchange.next();
            requireSound(part);
            if (part instanceof HttpResponse head && head.status().code() >= 200) {
                return head;
            }
            ReferenceCountUtil.release(part);
        }
    }

    private static void requireSound(Object part) throws IOException {
        if (part instanceof HttpObject message && message.decoderResult().isFailure()) {
            throw new IOException("the answer is not sound HTTP: "
                    + message.decoderResult().cause().getMessage());
        }
    }
}
