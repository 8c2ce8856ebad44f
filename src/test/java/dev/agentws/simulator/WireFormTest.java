package dev.agentws.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.wire.EventJson;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bytes of answers, compared with those of the real API. */
final class WireFormTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private final GatedScript gate = Scripts.gated();
    private final SimulatorConfig config =
            SimulatorConfig.defaults().withScript(gate).withPadding(false).withAnnounce(false);
    private Simulator simulator = Simulator.start(config);

    @AfterEach
    void stop() {
        simulator.close();
    }

    private HttpResponse<String> answer(String body, Consumer<SimulatedCall> script) throws Exception {
        CompletableFuture<HttpResponse<String>> response =
                ApiClient.of(simulator).messageLater(body);
        script.accept(gate.awaitCall(PATIENCE));
        return response.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aTextAnswerHasTheBytesOfTheApi() throws Exception {
        HttpResponse<String> response = answer(
                ApiClient.prompt("hi"),
                call -> call.start(SimulatedUsage.of(18, 2)).text("Hello!").end("end_turn", SimulatedUsage.of(18, 5)));

        assertThat(response.body().replaceAll("msg_01\\w{22}", "ID")).isEqualTo("""
                event: message_start
                data: {"type":"message_start","message":{"model":"claude-sonnet-4-6","id":"ID","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"usage":{"input_tokens":18,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":2,"service_tier":"standard","inference_geo":"not_available"}}}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                event: ping
                data: {"type": "ping"}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello!"}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":0}

                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null},"usage":{"input_tokens":18,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":5}}

                event: message_stop
                data: {"type":"message_stop"}

                """);
    }

    @Test
    void aToolCallBeginsWithAnEmptyDeltaAndItsCallerStandsLast() throws Exception {
        HttpResponse<String> response = answer(ApiClient.prompt("hi"), call -> call.start()
                .toolUse("toolu_01A", "Bash", "{\"command\":\"ls\"}", 2)
                .end("tool_use"));

        assertThat(response.body()).contains("""
                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_01A","name":"Bash","input":{},"caller":{"type":"direct"}}}

                event: ping
                data: {"type": "ping"}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":""}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"comman"}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"d\\":\\"ls\\"}"}}

                event: content_block_stop
                """);
    }

    @Test
    void headersAreThoseOfTheApiAndNoMore() throws Exception {
        HttpResponse<String> response =
                answer(ApiClient.prompt("hi"), call -> call.start().end("end_turn"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().map())
                .containsKeys(
                        "request-id",
                        "date",
                        "anthropic-organization-id",
                        "anthropic-workspace-id",
                        "anthropic-ratelimit-requests-limit",
                        "anthropic-ratelimit-requests-remaining",
                        "anthropic-ratelimit-requests-reset",
                        "anthropic-ratelimit-input-tokens-remaining",
                        "anthropic-ratelimit-output-tokens-remaining",
                        "anthropic-ratelimit-tokens-limit")
                .doesNotContainKey("x-simulator");
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(response.headers().firstValue("cache-control")).hasValue("no-cache");
        assertThat(response.headers().firstValue("request-id").orElse("")).matches("req_011C\\w{20}");
    }

    @Test
    void everyDataLineButPingIsPaddedBeforeItsLastBrace() throws Exception {
        simulator.close();
        simulator = Simulator.start(config.withPadding(true).withAnnounce(true));
        HttpResponse<String> response = answer(ApiClient.prompt("hi"), call -> {
            call.start().textStart();
            for (int i = 0; i < 200; i++) {
                call.textPiece("x");
            }
            call.textStop().end("end_turn");
        });

        Pattern padded = Pattern.compile("data: .*[^ ]( {0,15})}");
        Set<Integer> widths = new HashSet<>();
        for (String line : response.body().split("\n", -1)) {
            if (line.startsWith("data: ") && !line.contains("ping")) {
                Matcher end = padded.matcher(line);
                assertThat(end.matches()).as(line).isTrue();
                widths.add(end.group(1).length());
            }
        }
        assertThat(widths).hasSize(16);
        assertThat(response.body()).contains("data: {\"type\": \"ping\"}\n");
        assertThat(response.headers().firstValue("x-simulator")).hasValue("agentws");
    }

    @Test
    void equalSeedsGiveEqualBytes() throws Exception {
        Consumer<SimulatedCall> script =
                call -> call.start(SimulatedUsage.of(1, 1)).text("a", "b").end("end_turn");
        simulator.close();
        simulator = Simulator.start(config.withPadding(true).withSeed(7));
        String first = answer(ApiClient.prompt("hi"), script).body();
        simulator.close();
        simulator = Simulator.start(config.withPadding(true).withSeed(7));

        assertThat(answer(ApiClient.prompt("hi"), script).body()).isEqualTo(first);
    }

    @Test
    void thinkingIsEmptyByDefaultOnNewModelsAndItsTokensAreNamed() throws Exception {
        String body = answer(ApiClient.body("hi", true, "claude-opus-5-5"), call -> call.start(SimulatedUsage.of(9, 2))
                        .thinking("I think of many things", "SIGNED")
                        .text("Yes")
                        .end("end_turn"))
                .body();

        assertThat(body)
                .contains("\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n")
                .contains("\"delta\":{\"type\":\"signature_delta\",\"signature\":\"SIGNED\"}}\n")
                .contains("\"output_tokens\":8,\"output_tokens_details\":{\"thinking_tokens\":5}}}\n")
                .doesNotContain("thinking_delta");
    }

    @Test
    void thinkingIsToldWhenTheRequestAsksForASummary() throws Exception {
        String request = ApiClient.body("hi", true, "claude-opus-5-5")
                .replace("\"stream\"", "\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"},\"stream\"");
        String body = answer(request, call -> call.start()
                        .thinking("I think", "SIGNED")
                        .text("Yes")
                        .end("end_turn"))
                .body();

        assertThat(ApiClient.join(body, "thinking")).isEqualTo("I think");
    }

    @Test
    void aCallWithoutStreamGetsOneMessage() throws Exception {
        HttpResponse<String> response = answer(ApiClient.wholePrompt("hi"), call -> call.start(SimulatedUsage.of(18, 2))
                .text("Hel", "lo")
                .toolUse("toolu_01A", "Bash", "{\"command\":\"ls\"}", 3)
                .end("tool_use", SimulatedUsage.of(18, 5)));

        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.body().replaceAll("msg_01\\w{22}", "ID"))
                .isEqualTo("{\"model\":\"claude-sonnet-4-6\",\"id\":\"ID\",\"type\":\"message\",\"role\":\"assistant\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"Hello\"},{\"type\":\"tool_use\",\"id\":\"toolu_01A\","
                        + "\"name\":\"Bash\",\"input\":{\"command\":\"ls\"},\"caller\":{\"type\":\"direct\"}}],"
                        + "\"stop_reason\":\"tool_use\",\"stop_sequence\":null,\"stop_details\":null,"
                        + "\"usage\":{\"input_tokens\":18,\"cache_creation_input_tokens\":0,"
                        + "\"cache_read_input_tokens\":0,\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,"
                        + "\"ephemeral_1h_input_tokens\":0},\"output_tokens\":5,\"service_tier\":\"standard\","
                        + "\"inference_geo\":\"not_available\"}}");
    }

    @Test
    void anErrorEventBecomesAnErrorReplyOfACallWithoutStream() throws Exception {
        HttpResponse<String> response = answer(
                ApiClient.wholePrompt("hi"),
                call -> call.event(
                        "error", EventJson.midstreamError("overloaded_error", "Overloaded", call.requestId())));

        assertThat(response.statusCode()).isEqualTo(529);
        JsonNode error = ApiClient.JSON.readTree(response.body());
        assertThat(error.path("error").path("type").asText()).isEqualTo("overloaded_error");
    }

    @Test
    void anErrorReplyHasTheShapeOfTheApi() throws Exception {
        HttpResponse<String> response = answer(
                ApiClient.prompt("hi"),
                call -> call.status(429, "rate_limit_error", "Slow down", Map.of("retry-after", "3")));

        String id = response.headers().firstValue("request-id").orElseThrow();
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("retry-after")).hasValue("3");
        assertThat(response.body())
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"Slow down\"},"
                        + "\"request_id\":\"" + id + "\"}");
    }
}
