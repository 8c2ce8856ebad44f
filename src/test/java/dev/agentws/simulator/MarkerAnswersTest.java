package dev.agentws.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each marker makes the simulator do, seen over HTTP. */
final class MarkerAnswersTest {
    private final Simulator simulator =
            Simulator.start(SimulatorConfig.defaults().withScript(Scripts.agent(Duration.ZERO)));
    private final ApiClient client = ApiClient.of(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    private String stream(String prompt) throws Exception {
        HttpResponse<String> response = client.message(ApiClient.prompt(prompt));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private static List<String> deltas(String stream, String field) throws IOException {
        List<String> deltas = new ArrayList<>();
        for (JsonNode event : ApiClient.events(stream)) {
            if (event.path("delta").has(field)) {
                deltas.add(event.path("delta").path(field).asText());
            }
        }
        return deltas;
    }

    @ParameterizedTest
    @ValueSource(strings = {"n=500", "n=500,burst=64", "n=500,pace=1,burst=7", "n=500,crlf,bytes"})
    void aLoadArrivesWholeAndInOrder(String marker) throws Exception {
        String stream = stream("[[" + marker + "]]");

        List<String> deltas = deltas(stream, "text");
        assertThat(deltas).hasSize(500);
        for (int i = 0; i < 500; i++) {
            assertThat(deltas.get(i)).matches(String.format("%06x", i) + ":[0-9a-f]{12} ");
        }
        assertThat(ApiClient.stopReason(stream)).isEqualTo("end_turn");
        assertThat(simulator.stats().deltas()).isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource({"ascii,20", "cjk,20", "escape,20", "cjk,0"})
    void theFillingTakesTheBytesThatWereAsked(String lang, int pad) throws Exception {
        List<String> deltas = deltas(stream("[[n=3,pad=" + pad + ",lang=" + lang + "]]"), "text");

        assertThat(deltas).hasSize(3).allSatisfy(text -> assertThat(text.getBytes(StandardCharsets.UTF_8))
                .hasSize(20 + pad));
        if (lang.equals("escape")) {
            assertThat(deltas.get(0)).contains("\"", "\\", "\n");
        }
    }

    @Test
    void thinkingIsStreamedOnDemandAndSigned() throws Exception {
        String stream = stream("[[n=5,kind=thinking]]");

        assertThat(deltas(stream, "thinking")).hasSize(5);
        assertThat(deltas(stream, "signature")).hasSize(1);
        assertThat(deltas(stream, "text")).isEmpty();
    }

    @Test
    void aLoadWithoutStreamIsOneText() throws Exception {
        JsonNode message = ApiClient.JSON.readTree(
                client.message(ApiClient.wholePrompt("[[n=50]]")).body());

        assertThat(message.at("/content/0/text").asText()).hasSize(50 * 20);
    }

    @ParameterizedTest
    @CsvSource({
        "400,invalid_request_error",
        "401,authentication_error",
        "404,not_found_error",
        "413,request_too_large",
        "429,rate_limit_error",
        "500,api_error",
        "529,overloaded_error"
    })
    void anErrorIsRepliedWithItsType(int status, String type) throws Exception {
        HttpResponse<String> response = client.message(ApiClient.prompt("[[error=" + status + ",retry_after=7]]"));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("retry-after")).hasValue("7");
        assertThat(ApiClient.JSON.readTree(response.body()).at("/error/type").asText())
                .isEqualTo(type);
    }

    @Test
    void onlyTheFirstRequestsOfAPromptFail() throws Exception {
        String failing = ApiClient.prompt("one [[error=529,times=2]]");

        assertThat(client.message(failing).statusCode()).isEqualTo(529);
        assertThat(client.message(failing).statusCode()).isEqualTo(529);
        assertThat(client.message(failing).statusCode()).isEqualTo(200);
        assertThat(client.message(failing.replace("one", "two")).statusCode()).isEqualTo(529);
    }

    @Test
    void anErrorInTheMiddleEndsTheStreamWithoutAMessageStop() throws Exception {
        String stream = stream("[[n=4,midstream=overloaded_error]]");

        List<JsonNode> events = ApiClient.events(stream);
        JsonNode last = events.get(events.size() - 1);
        assertThat(deltas(stream, "text")).hasSize(4);
        assertThat(last.at("/error/type").asText()).isEqualTo("overloaded_error");
        assertThat(last.path("error").has("details")).isTrue();
        assertThat(last.path("request_id").asText()).startsWith("req_");
    }

    @Test
    void aCutBreaksTheConnectionAfterItsDeltas() throws Exception {
        CompletableFuture<HttpResponse<String>> response = client.messageLater(ApiClient.prompt("[[cut=5]]"));

        assertThatThrownBy(() -> response.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(simulator.stats()).isEqualTo(new SimulatorStats(1, 5, 0, 0));
    }

    @Test
    void aStallSaysItsDeltasAndNoMore() throws Exception {
        try (InputStream in = client.open(ApiClient.prompt("[[stall=2]]")).body()) {
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("000001:")) {
                seen.append((char) in.read());
            }
            assertThat(simulator.stats().active()).isEqualTo(1);
        }
    }

    @Test
    void aRefusalNamesItsCategory() throws Exception {
        String stream = stream("[[refusal]]");

        assertThat(ApiClient.stopReason(stream)).isEqualTo("refusal");
        assertThat(stream)
                .contains("\"stop_details\":{\"type\":\"refusal\",\"category\":\"cyber\",\"explanation\":null}");
    }

    @Test
    void theTokenLimitStopsATextOrLeavesTheInputOfAToolBroken() throws Exception {
        assertThat(ApiClient.stopReason(stream("[[max_tokens]]"))).isEqualTo("max_tokens");

        String cut = stream("[[tool=Bash {\"command\":\"echo hi\"}]] [[max_tokens]]");
        assertThat(ApiClient.join(cut, "partial_json")).isEqualTo("{\"command\"");
        assertThat(ApiClient.stopReason(cut)).isEqualTo("max_tokens");
    }

    @Test
    void aPausedTurnIsContinuedByTheNextCall() throws Exception {
        String first = stream("[[pause_turn]]");
        assertThat(ApiClient.stopReason(first)).isEqualTo("pause_turn");
        String again = ApiClient.prompt("[[pause_turn]]")
                .replace(
                        "\"}]}",
                        "\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"server_tool_use\",\"id\":\"srvtoolu_1\","
                                + "\"name\":\"web_search\",\"input\":{}}]}]}");

        HttpResponse<String> second = client.message(again);

        assertThat(second.body()).contains("\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srvtoolu_1\"");
        assertThat(ApiClient.stopReason(second.body())).isEqualTo("end_turn");
    }

    @Test
    void aSlowStartStillAnswers() throws Exception {
        assertThat(ApiClient.text(stream("[[slowstart=1]] hello"))).contains("hello");
    }

    @Test
    void linesCanEndInCrlfAndLackTheirEventNames() throws Exception {
        String stream = stream("[[crlf,noevent]] hello");

        assertThat(stream.replace("\r\n", "")).doesNotContain("\n").doesNotContain("event:");
        assertThat(stream).startsWith("data: {\"type\":\"message_start\"");
        assertThat(ApiClient.text(stream)).contains("simulated Claude");
    }

    @Test
    void aToolIsCalledAndTheFirstLineOfItsResultQuoted() throws Exception {
        String prompt = "[[tool=Bash {\"command\":\"echo hi\"}]]";
        String first = stream(prompt);
        assertThat(first).contains("\"name\":\"Bash\",\"input\":{},\"caller\":{\"type\":\"direct\"}");
        assertThat(ApiClient.join(first, "partial_json")).isEqualTo("{\"command\":\"echo hi\"}");
        assertThat(ApiClient.stopReason(first)).isEqualTo("tool_use");
        String withResult = ApiClient.prompt(prompt)
                .replace(
                        "\"}]}",
                        "\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Bash\","
                                + "\"input\":{}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
                                + "\"tool_use_id\":\"t1\",\"content\":\"hi there\\nsecond\"}]}]}");

        String second = client.message(withResult).body();

        assertThat(ApiClient.text(second)).isEqualTo("The tool answered: hi there");
        assertThat(ApiClient.stopReason(second)).isEqualTo("end_turn");
    }

    @Test
    void aWrongMarkerIsExplained() throws Exception {
        HttpResponse<String> response = client.message(ApiClient.prompt("[[n=x]]"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("marker: n=x (expected: 0 to 16777215)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "llamacpp | \"content_block\":{\"type\":\"tool_use\",\"id\":\"call_1_0\",\"name\":\"Bash\"}",
                "vllm | {\"type\":\"message_start\",\"message\":{\"id\":\"chatcmpl-1\",\"content\":[],",
                "ollama | \"stop_reason\":\"\",\"usage\":{\"input_tokens\":10",
                "litellm | \"index\":0,\"delta\":{\"type\":\"thinking_delta\"",
            })
    void otherServersAreImitated(String kind, String mark) throws Exception {
        String stream = stream("[[tool=Bash {\"command\":\"ls\"}]] [[deviant=" + kind + "]]");

        assertThat(stream).contains(mark).doesNotContain("ping");
        assertThat(ApiClient.text(stream)).isEqualTo("Hello from another server.");
        assertThat(ApiClient.join(stream, "partial_json")).isEqualTo("{\"command\":\"ls\"}");
        assertThat(ApiClient.stopReason(stream)).isEqualTo("tool_use");
    }

    @Test
    void llamaCppClosesItsBlocksOnlyAtTheEnd() throws Exception {
        String stream = stream("[[deviant=llamacpp]]");

        assertThat(stream.indexOf("content_block_stop")).isGreaterThan(stream.lastIndexOf("text_delta"));
    }

    @Test
    void liteLlmStartsItsMessageTwice() throws Exception {
        assertThat(stream("[[deviant=litellm]]").split("event: message_start", -1))
                .hasSize(3);
    }
}
