package dev.agentws.tools.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A web site over TLS on loopback, known as {@code site.example.com}, that answers as its test says. */
final class WebSite implements AutoCloseable {
    static final String HOST = "site.example.com";

    /** What is done with one request; it closes the exchange. */
    @FunctionalInterface
    interface Answer {
        void give(HttpExchange exchange) throws IOException;
    }

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final X509Bundle certificate;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    /** Method, path and headers of every request so far. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    WebSite() throws Exception {
        certificate = new CertificateBuilder()
                .subject("CN=" + HOST)
                .addSanDnsName(HOST)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + new java.util.TreeMap<>(exchange.getRequestHeaders()));
            answers.getOrDefault(exchange.getRequestURI().getPath(), page(404, "text/plain", "no such page"))
                    .give(exchange);
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url(String path) {
        return "https://" + HOST + ":" + port() + path;
    }

    void at(String path, Answer answer) {
        answers.put(path, answer);
    }

    void at(String path, String type, String body) {
        at(path, page(200, type, body));
    }

    static Answer page(int code, String type, String body) {
        return bytes(code, Map.of("Content-Type", type), body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static Answer bytes(int code, Map<String, String> headers, byte[] body) {
        return exchange -> {
            headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        };
    }

    static Answer redirect(int code, String location) {
        return bytes(code, Map.of("Location", location), new byte[0]);
    }

    /** Trusts this site's certificate and nothing else. */
    SslContext trust() {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(certificate.toTrustManagerFactory())
                    .build();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    WebBounds bounds(int maxBytes, Duration most) {
        int port = port();
        return new WebBounds() {
            @Override
            public Set<Integer> ports() {
                return Set.of(80, 443, port);
            }

            @Override
            public int maxBytes() {
                return maxBytes;
            }

            @Override
            public Duration maxDuration() {
                return most;
            }

            @Override
            public Duration cacheTime() {
                return Duration.ofMinutes(15);
            }

            @Override
            public long cacheChars() {
                return 1 << 20;
            }
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
