package dev.agentws.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole conversations with the agent, played over HTTP by a client that runs its tools. */
final class AgentScriptTest {
    private final Simulator simulator =
            Simulator.start(SimulatorConfig.defaults().withScript(Scripts.agent(Duration.ZERO)));
    private final ObjectNode body = ApiClient.JSON.createObjectNode();
    private final ArrayNode messages = body.putArray("messages");

    AgentScriptTest() {
        body.put("model", "claude-sonnet-4-6").put("max_tokens", 1024);
        ArrayNode tools = body.putArray("tools");
        for (String name : new String[] {"Glob", "Read", "Edit", "Bash"}) {
            tools.addObject().put("name", name).putObject("input_schema").put("type", "object");
        }
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private JsonNode send() throws Exception {
        HttpResponse<String> response = ApiClient.of(simulator).message(body.toString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode message = ApiClient.JSON.readTree(response.body());
        messages.addObject().put("role", "assistant").set("content", message.path("content"));
        return message;
    }

    private JsonNode ask(String text) throws Exception {
        messages.addObject().put("role", "user").put("content", text);
        return send();
    }

    private JsonNode result(JsonNode message, String text, boolean error) throws Exception {
        JsonNode call = callOf(message);
        messages.addObject()
                .put("role", "user")
                .putArray("content")
                .addObject()
                .put("type", "tool_result")
                .put("tool_use_id", call.path("id").asText())
                .put("content", text)
                .put("is_error", error);
        return send();
    }

    private static JsonNode callOf(JsonNode message) {
        JsonNode content = message.path("content");
        return content.get(content.size() - 1);
    }

    private static String textOf(JsonNode message) {
        StringBuilder text = new StringBuilder();
        message.path("content").forEach(block -> text.append(block.path("text").asText()));
        return text.toString();
    }

    @Test
    void itDoesOneWishAfterTheOtherAndThenSumsUp() throws Exception {
        JsonNode first = ask("List the files and then read a.txt");
        assertThat(callOf(first).path("name").asText()).isEqualTo("Glob");
        assertThat(first.path("stop_reason").asText()).isEqualTo("tool_use");

        JsonNode second = result(first, "a.txt", false);
        assertThat(callOf(second).path("name").asText()).isEqualTo("Read");

        JsonNode third = result(second, "line 1\nline 2", false);
        assertThat(third.path("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(textOf(third)).contains("Read answered:", "    line 1\n    line 2");
    }

    @Test
    void itQuotesAtMostTenLines() throws Exception {
        JsonNode summary = result(ask("list files"), "f\n".repeat(15), false);

        assertThat(textOf(summary)).contains("    f\n".repeat(10) + "    (and 5 more lines)");
    }

    @Test
    void aFailureEndsThePlan() throws Exception {
        JsonNode end = result(ask("list files then read a.txt"), "Denied by the user", true);

        assertThat(end.path("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(textOf(end)).contains("Glob failed:", "Denied by the user", "I stopped there.");
    }

    @Test
    void aFileThatWasReadEarlierIsEditedAtOnce() throws Exception {
        result(ask("read a.txt"), "A", false);

        assertThat(callOf(ask("replace \"A\" with \"B\" in a.txt")).path("name").asText())
                .isEqualTo("Edit");
    }

    @Test
    void itEchoesTalkAndSaysThatItIsSimulated() throws Exception {
        JsonNode answer = ask("How are  you?");

        assertThat(textOf(answer)).contains("\"How are you?\"").containsOnlyOnce("I am a simulated Claude");
        assertThat(answer.path("stop_reason").asText()).isEqualTo("end_turn");
    }

    @Test
    void remindersAreNotTakenForWords() throws Exception {
        assertThat(textOf(ask("<system-reminder>list files</system-reminder>hello")))
                .contains("\"hello\"");
    }

    @Test
    void itThinksWhereTheModelAlwaysDoes() throws Exception {
        body.put("model", "claude-opus-5-5");

        JsonNode first = ask("list files");
        assertThat(first.at("/content/0/type").asText()).isEqualTo("thinking");
        assertThat(first.at("/content/0/thinking").asText()).isEmpty();
        assertThat(first.at("/content/0/signature").asText()).isNotEmpty();
        JsonNode second = result(first, "a.txt", false);
        assertThat(second.at("/content/0/type").asText()).isEqualTo("text");
    }

    @Test
    void aPacedAnswerArrivesWhole() throws Exception {
        try (Simulator paced =
                Simulator.start(SimulatorConfig.defaults().withScript(Scripts.agent(Duration.ofNanos(1000))))) {
            String stream =
                    ApiClient.of(paced).message(ApiClient.prompt("hello")).body();

            assertThat(ApiClient.text(stream)).contains("\"hello\"").endsWith("offered to me.");
            assertThat(ApiClient.stopReason(stream)).isEqualTo("end_turn");
        }
    }

    @Test
    void aNegativePaceIsRefused() {
        assertThatThrownBy(() -> Scripts.agent(Duration.ofMillis(-1)))
                .hasMessage("pace: PT-0.001S (expected: zero or more)");
    }
}
