package dev.agentws.conversation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of several nodes begin with, end with and look at. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class ClusterStage {
    @TempDir
    Path directory;

    /** None has been started yet. */
    Nodes nodes;

    @BeforeEach
    void openStage() throws Exception {
        nodes = open(directory);
    }

    Nodes open(Path in) throws Exception {
        return new Nodes(in);
    }

    @AfterEach
    void closeStage() {
        if (nodes != null) {
            nodes.close();
        }
    }

    /** Nodes a and b. */
    void startTwo() throws Exception {
        nodes.start("a");
        nodes.start("b");
    }

    /** Which node has the session; empty when none has. */
    String owner(Talk talk) {
        return redis("GET agentws:{" + talk.id() + "}:lease");
    }

    String redis(String command) {
        try {
            return nodes.redis.ask(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a node says to whoever asks whether it is ready. */
    String ready(String node) {
        InetSocketAddress at = nodes.server(node).address();
        URI uri = URI.create("http://127.0.0.1:" + at.getPort() + "/ready");
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean tellsGap(Frame frame) {
        return frame.type().equals("subscribed") && frame.json().path("gap").asBoolean();
    }
}
