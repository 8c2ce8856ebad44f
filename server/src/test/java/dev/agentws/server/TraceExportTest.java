package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TraceExportTest {
    @Test
    void spansReachACollectorByHttpBeforeTheEnd() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            requests.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Content-type") + " " + body);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            URI address =
                    URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/");
            try (TraceExport export = new TraceExport(address, "1.0")) {
                export.getTracer("test").spanBuilder("a span").startSpan().end();
            }

            assertThat(requests.poll(10, TimeUnit.SECONDS))
                    .startsWith("/v1/traces application/x-protobuf ")
                    .contains("a span", "agentws");
        } finally {
            collector.stop(0);
        }
    }
}
