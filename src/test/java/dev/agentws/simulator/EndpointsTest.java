package dev.agentws.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.JsonBodies;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EndpointsTest {
    private final Simulator simulator =
            Simulator.start(SimulatorConfig.defaults().withScript(Scripts.agent(Duration.ZERO)));
    private final ApiClient client = ApiClient.of(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    private static String error(HttpResponse<String> response) throws Exception {
        JsonNode body = ApiClient.JSON.readTree(response.body());
        assertThat(body.path("request_id").asText())
                .isEqualTo(response.headers().firstValue("request-id").orElseThrow());
        return response.statusCode() + " " + body.at("/error/type").asText() + " "
                + body.at("/error/message").asText();
    }

    @Test
    void countTokensGivesANumberThatGrowsWithTheText() throws Exception {
        String shortBody =
                "{\"model\":\"claude-sonnet-4-6\",\"messages\":[{\"role\":\"user\",\"content\":\"12345678\"}]}";
        String longBody = shortBody.replace("12345678", "12345678".repeat(100));

        assertThat(client.post("/v1/messages/count_tokens", shortBody).body()).isEqualTo("{\"input_tokens\":2}");
        assertThat(client.post("/v1/messages/count_tokens?beta=true", longBody).body())
                .isEqualTo("{\"input_tokens\":200}");
        assertThat(error(client.post(
                        "/v1/messages/count_tokens", shortBody.replace("{\"model\"", "{\"max_tokens\":1,\"model\""))))
                .isEqualTo("400 invalid_request_error max_tokens: Extra inputs are not permitted");
    }

    @Test
    void modelsAreListedAndFound() throws Exception {
        JsonNode list = ApiClient.JSON.readTree(client.get("/v1/models?limit=5").body());
        JsonNode one =
                ApiClient.JSON.readTree(client.get("/v1/models/claude-opus-5-5").body());

        assertThat(list.path("first_id").asText()).isEqualTo("claude-fable-5-2");
        assertThat(list.path("data")).contains(one);
        assertThat(one.at("/capabilities/thinking/types/disabled/supported").asBoolean(true))
                .isFalse();
        assertThat(error(client.get("/v1/models/gpt"))).isEqualTo("404 not_found_error model: gpt");
    }

    @Test
    void statsAreJsonAndNeedNoKey() throws Exception {
        client.message(ApiClient.prompt("hi"));
        HttpRequest bare =
                HttpRequest.newBuilder(simulator.baseUrl().resolve("/stats")).build();

        JsonNode stats = ApiClient.JSON.readTree(client.send(bare).body());

        assertThat(stats.path("requests").asInt()).isEqualTo(1);
        assertThat(stats.path("deltas").asInt()).isPositive();
        assertThat(stats.path("active").asInt()).isZero();
        assertThat(stats.path("aborted").asInt()).isZero();
    }

    @Test
    void unknownPathsAndWrongMethodsAreRefused() throws Exception {
        assertThat(error(client.get("/v2/other"))).isEqualTo("404 not_found_error Not found");
        assertThat(error(client.get("/v1/modelsx"))).isEqualTo("404 not_found_error Not found");
        assertThat(error(client.get("/v1/messages"))).isEqualTo("405 invalid_request_error Method Not Allowed");
        assertThat(error(client.post("/v1/models", "{}"))).isEqualTo("405 invalid_request_error Method Not Allowed");
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedInTheWordsOfTheApi() throws Exception {
        assertThat(error(client.message("x".repeat(JsonBodies.MAX_BODY_BYTES + 1))))
                .isEqualTo("413 request_too_large Request exceeds the maximum size");
    }

    @Test
    void brokenJsonIsRefused() throws Exception {
        assertThat(error(client.message("{\"model\":")))
                .startsWith("400 invalid_request_error The request body is not valid JSON: ");
        assertThat(error(client.message("{} {}")))
                .startsWith("400 invalid_request_error The request body is not valid JSON: ");
        assertThat(error(client.message("[]")))
                .isEqualTo("400 invalid_request_error Input should be a valid dictionary");
    }

    @Test
    void theBearerKeyOfTheSdksIsAccepted() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(simulator.baseUrl().resolve("/v1/messages?beta=true"))
                .header("authorization", "Bearer key")
                .header("anthropic-version", "2023-06-01")
                .POST(HttpRequest.BodyPublishers.ofString(ApiClient.prompt("hi")))
                .build();

        assertThat(client.send(request).statusCode()).isEqualTo(200);
    }

    @Test
    void aWarmUpOfTheCacheGetsAnEmptyAnswer() throws Exception {
        String body = ApiClient.wholePrompt("hi").replace("1024", "0");

        JsonNode message = ApiClient.JSON.readTree(client.message(body).body());

        assertThat(message.path("content")).isEmpty();
        assertThat(message.path("stop_reason").asText()).isEqualTo("max_tokens");
    }

    @Test
    void settingsThatCannotBeAreNamed() {
        assertThatThrownBy(() -> SimulatorConfig.defaults().withPort(70_000))
                .hasMessage("port: 70000 (expected: 0 to 65535)");
        assertThatThrownBy(() -> SimulatorConfig.defaults().withThreads(0))
                .hasMessage("threads: 0 (expected: at least 1)");
        int taken = simulator.port();
        assertThatThrownBy(() -> Simulator.start(SimulatorConfig.defaults().withPort(taken)))
                .hasMessage("address: 127.0.0.1:" + taken + " (expected: one that is free)");
    }
}
