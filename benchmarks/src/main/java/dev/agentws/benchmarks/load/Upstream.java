package dev.agentws.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The simulated API: a process of its own, or one that runs already. Used by one thread. */
final class Upstream implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 5000;

    private final String url;
    private final @Nullable Child child;
    private final @Nullable Identity identity;

    private Upstream(String url, @Nullable Child child, @Nullable Identity identity) {
        this.url = url;
        this.child = child;
        this.identity = identity;
    }

    /** Takes the one that runs at this address. */
    static Upstream at(String url) {
        return new Upstream(url, null, null);
    }

    /** Starts the simulator out of the program's jar. */
    static Upstream start(Path jar, Path directory) throws IOException, InterruptedException {
        int port = Child.freePort();
        Child child = Child.start("simulator", command(jar, port), Map.of(), directory, port);
        return new Upstream("http://127.0.0.1:" + port, child, null);
    }

    /** The same with TLS, by a certificate of its own. */
    static Upstream startWithTls(Path jar, Path directory) throws IOException, InterruptedException {
        Identity identity = Identity.make(directory);
        int port = Child.freePort();
        List<String> command = command(jar, port);
        command.addAll(List.of(
                "--tls-cert",
                identity.certificate().toString(),
                "--tls-key",
                identity.key().toString()));
        Child child = Child.start("simulator-tls", command, Map.of(), directory, port);
        return new Upstream("https://127.0.0.1:" + port, child, identity);
    }

    private static List<String> command(Path jar, int port) {
        List<String> command = new ArrayList<>(OwnServer.java());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dio.netty.leakDetection.level=disabled",
                "-jar",
                jar.toString(),
                "simulator",
                "--port",
                Integer.toString(port)));
        return command;
    }

    /** The settings of a server of this project that is to reach it. */
    Map<String, String> settings(Scenario.Link link) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("ANTHROPIC_BASE_URL", url);
        if (identity != null) {
            settings.put("AGENT_SERVER_UPSTREAM_CA", identity.certificate().toString());
            settings.put("AGENT_SERVER_UPSTREAM_HTTP2", Boolean.toString(link == Scenario.Link.TLS_HTTP_2));
        }
        return settings;
    }

    String url() {
        return url;
    }

    /** How many deltas it has sent since its start; -1 if it does not say. */
    long deltas() {
        try {
            var connection = URI.create(url + "/stats").toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestProperty("x-api-key", "k");
            try (InputStream in = connection.getInputStream()) {
                JsonNode stats = new ObjectMapper().readTree(in);
                return stats.path("deltas").asLong(-1);
            }
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        if (child != null) {
            child.close();
        }
    }
}
