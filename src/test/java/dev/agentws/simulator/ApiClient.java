package dev.agentws.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.agentws.simulator.wire.EventJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A plain client of a simulator, as the tests need it. */
final class ApiClient {
    static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;

    ApiClient(URI base) {
        this.base = base;
    }

    static ApiClient of(Simulator simulator) {
        return new ApiClient(simulator.baseUrl());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(PATIENCE)
                .header("x-api-key", "test-key")
                .header("anthropic-version", "2026-10-21")
                .header("content-type", "application/json");
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    HttpResponse<String> message(String body) throws IOException, InterruptedException {
        return post("/v1/messages", body);
    }

    CompletableFuture<HttpResponse<String>> messageLater(String body) {
        return http.sendAsync(messageRequest(body), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<InputStream> open(String body) throws IOException, InterruptedException {
        return http.send(messageRequest(body), HttpResponse.BodyHandlers.ofInputStream());
    }

    private HttpRequest messageRequest(String body) {
        return request("/v1/messages")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** A streaming call of one user message. */
    static String prompt(String text) {
        return body(text, true, "claude-sonnet-4-6");
    }

    static String wholePrompt(String text) {
        return body(text, false, "claude-sonnet-4-6");
    }

    static String body(String text, boolean stream, String model) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":1024,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":" + EventJson.quote(text) + "}]}";
    }

    /** The data of all events but pings. */
    static List<JsonNode> events(String stream) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : stream.split("\\R", -1)) {
            if (line.startsWith("data: ") && !line.equals("data: " + EventJson.PING)) {
                events.add(JSON.readTree(line.substring(6)));
            }
        }
        return events;
    }

    /** All text that a stream said. */
    static String text(String stream) throws IOException {
        return join(stream, "text");
    }

    /** All pieces of one field of the deltas. */
    static String join(String stream, String field) throws IOException {
        StringBuilder text = new StringBuilder();
        for (JsonNode event : events(stream)) {
            text.append(event.path("delta").path(field).asText());
        }
        return text.toString();
    }

    static String stopReason(String stream) throws IOException {
        for (JsonNode event : events(stream)) {
            if (event.path("type").asText().equals("message_delta")) {
                return event.path("delta").path("stop_reason").asText();
            }
        }
        return "";
    }
}
