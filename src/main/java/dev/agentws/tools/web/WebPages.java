package dev.agentws.tools.web;

import dev.agentws.tools.call.ToolFailure;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** The pages that the sessions of one server look at, with a common memory of the last ones. Blocks; for tool workers. Thread-safe. */
public final class WebPages {
    private final WebBounds bounds;
    private final PageLoader loader;
    private final PageCache cache;

    /** Pages of the public internet. */
    public WebPages(WebBounds bounds, LongSupplier nanoClock) {
        this(bounds, InetAddress::getAllByName, new PublicAddresses(), WebPages::trusted, nanoClock);
    }

    /**
     * @param tls makes, once, what servers have to prove who they are by; names are checked besides
     * @param nanoClock for time limits and the age of pages
     */
    public WebPages(
            WebBounds bounds,
            HostResolver resolver,
            AddressPolicy policy,
            Supplier<SslContext> tls,
            LongSupplier nanoClock) {
        this.bounds = bounds;
        loader = new PageLoader(bounds, resolver, policy, tls, nanoClock);
        cache = new PageCache(bounds.cacheTime(), bounds.cacheChars(), nanoClock);
    }

    /** Reads an address as {@link #load} takes it. */
    WebAddress address(String url) throws ToolFailure {
        return WebAddress.parse(url, bounds.ports());
    }

    PageLoader.Visit load(WebAddress address) throws ToolFailure, InterruptedException {
        Page known = cache.find(address);
        if (known != null) {
            return new PageLoader.Visit(known, "", known.code());
        }
        PageLoader.Visit visit = loader.load(address);
        Page page = visit.page();
        if (page != null && page.code() < 400) {
            cache.put(address, page);
        }
        return visit;
    }

    private static SslContext trusted() {
        try {
            return SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
        } catch (SSLException failure) {
            throw new IllegalStateException("TLS: " + failure.getMessage() + " (expected: the JDK's own)", failure);
        }
    }
}
