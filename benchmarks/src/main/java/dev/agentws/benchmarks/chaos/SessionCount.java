package dev.agentws.benchmarks.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** How many sessions a node carries on, as it says itself. */
final class SessionCount {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private SessionCount() {}

    static int of(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .build();
        String body = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return MAPPER.readTree(body).path("sessions").asInt();
    }
}
