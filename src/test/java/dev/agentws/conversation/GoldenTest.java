package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.SimulatedCall;
import dev.agentws.simulator.SimulatedUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The examples of the wire contract, byte for byte except for times, durations and the ids that the server makes. */
final class GoldenTest {
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

    @RegisterExtension
    final Stage stage = new Stage();

    /** Ids by the order of their first appearance, times as T, durations as 0. */
    private List<String> plain(List<Frame> frames) {
        List<String> ids = new ArrayList<>();
        return frames.stream()
                .map(frame -> {
                    for (String field : List.of("message_id", "request_id")) {
                        String id = frame.at(field);
                        if (!id.isEmpty() && !ids.contains(id)) {
                            ids.add(id);
                        }
                    }
                    String text = frame.text()
                            .replaceAll("\"" + TIME + "\"", "\"T\"")
                            .replaceAll("(duration_ms|ttft_ms)\":\\d+", "$1\":0")
                            .replace("\"" + stage.directory() + "\"", "\"D\"");
                    for (int i = 0; i < ids.size(); i++) {
                        text = text.replace("\"" + ids.get(i) + "\"", "\"ID" + (i + 1) + "\"");
                    }
                    return text;
                })
                .toList();
    }

    @Test
    void theConversationOfTheContract() throws IOException {
        Files.writeString(stage.directory().resolve("a.txt"), "");
        Client client = stage.stranger("golden");
        client.send("{\"type\":\"auth\",\"token\":\" Bearer " + Stage.KEY + " \"}");
        assertThat(client.await("auth_success").text()).isEqualTo("{\"type\":\"auth_success\"}");
        client.send(
                "{\"type\":\"create_session\",\"session_id\":\"S\",\"options\":{\"tools\":[\"Read\",\"Write\",\"Bash\"],\"ask_tools\":[\"Bash\"]}}");
        Talk talk = client.talk("S");
        client.send(
                "{\"type\":\"send_prompt\",\"session_id\":\"S\",\"prompt\":\"Your message to Claude\",\"prompt_id\":\"p-1\"}");
        firstAnswer(stage.call());
        Frame question = talk.await("permission_request");
        client.send("{\"type\":\"permission_response\",\"session_id\":\"S\",\"request_id\":\""
                + question.at("request_id") + "\",\"approved\":true,\"reason\":\"\"}");
        stage.call().start(SimulatedUsage.of(200, 2)).text("One file.").end("end_turn", SimulatedUsage.of(200, 10));
        Frame result = talk.await("agent_result");
        assertThat(result.json().path("duration_ms").asLong())
                .isGreaterThanOrEqualTo(result.json().path("ttft_ms").asLong());
        client.send("{\"type\":\"interrupt_session\",\"session_id\":\"S\"}");
        talk.await("session_interrupted");
        client.send("{\"type\":\"subscribe\",\"session_id\":\"S\",\"after_seq\":17}");
        talk.await("subscribed");
        client.send("{\"type\":\"end_session\",\"session_id\":\"S\"}");
        talk.await("session_ended");
        assertThat(plain(talk.frames())).containsExactlyElementsOf(expected());
        assertThat(Instant.parse(question.at("expires_at"))).isAfter(Instant.now());
    }

    private static void firstAnswer(SimulatedCall call) {
        call.start(SimulatedUsage.of(110, 2))
                .text("Hel", "lo")
                .toolUse("toolu_1", "Bash", "{\"command\":\"ls\"}", 3)
                .end("tool_use", SimulatedUsage.of(110, 12));
    }

    private static List<String> expected() {
        String session = "\"session_id\":\"S\",\"seq\":";
        String ls = "{\"command\":\"ls\"}";
        return List.of(
                "{\"type\":\"session_created\",\"session_id\":\"S\",\"status\":\"created\",\"seq\":1,\"session\":{"
                        + "\"id\":\"S\",\"created_at\":\"T\",\"updated_at\":\"T\",\"status\":\"idle\","
                        + "\"options\":{\"tools\":[\"Read\",\"Write\",\"Bash\"],\"ask_tools\":[\"Bash\"]},\"message_count\":0,"
                        + "\"error_message\":null,\"cost_usd\":0,\"num_turns\":0,\"duration_ms\":0,"
                        + "\"model_name\":\"claude-sonnet-5-5\",\"permission_mode\":\"default\",\"last_seq\":1,\"queue_length\":0,"
                        + "\"pending_permissions\":[],\"sandbox\":\"off\",\"working_directory\":\"D\",\"title\":null,"
                        + "\"first_prompt\":null}}",
                "{\"type\":\"agent_thinking\",\"thinking\":true," + session + "2}",
                "{\"type\":\"agent_thinking\",\"thinking\":false," + session + "3}",
                "{\"type\":\"agent_message\",\"content\":\"Hel\",\"complete\":false,\"message_id\":\"ID1\"," + session
                        + "4}",
                "{\"type\":\"agent_message\",\"content\":\"lo\",\"complete\":false,\"message_id\":\"ID1\"," + session
                        + "5}",
                "{\"type\":\"agent_message\",\"content\":\"Hello\",\"complete\":true,\"message_id\":\"ID1\"," + session
                        + "6}",
                "{\"type\":\"agent_tool_use\",\"tool\":\"Bash\",\"parameters\":" + ls + ",\"input\":" + ls
                        + ",\"tool_use_id\":\"toolu_1\"," + session + "7}",
                "{\"type\":\"permission_request\",\"session_id\":\"S\",\"request_id\":\"ID2\",\"permission_id\":\"ID2\","
                        + "\"tool\":\"Bash\",\"tool_use_id\":\"toolu_1\",\"parameters\":" + ls + ",\"details\":" + ls
                        + ",\"description\":\"Run the command: ls\",\"expires_at\":\"T\",\"decision_reason\":\"the rule Bash wants a person to be asked\",\"suggestions\":[],\"seq\":8}",
                "{\"type\":\"permission_acknowledged\",\"session_id\":\"S\",\"request_id\":\"ID2\",\"approved\":true,"
                        + "\"tool\":\"Bash\",\"status\":\"executing\",\"seq\":9}",
                "{\"type\":\"agent_tool_output\",\"session_id\":\"S\",\"tool_use_id\":\"toolu_1\",\"stream\":\"stdout\","
                        + "\"content\":\"a.txt\\n\",\"seq\":10}",
                "{\"type\":\"agent_tool_result\",\"session_id\":\"S\",\"tool_use_id\":\"toolu_1\",\"tool\":\"Bash\","
                        + "\"content\":\"a.txt\",\"is_error\":false,\"duration_ms\":0,\"seq\":11}",
                "{\"type\":\"agent_message\",\"content\":\"One file.\",\"complete\":false,\"message_id\":\"ID3\","
                        + session + "12}",
                "{\"type\":\"agent_message\",\"content\":\"One file.\",\"complete\":true,\"message_id\":\"ID3\","
                        + session + "13}",
                "{\"type\":\"agent_result\",\"session_id\":\"S\",\"prompt_id\":\"p-1\",\"stop_reason\":\"end_turn\","
                        + "\"is_error\":false,\"error\":null,\"num_turns\":2,\"duration_ms\":0,\"ttft_ms\":0,"
                        + "\"cost_usd\":0.00084,\"total_cost_usd\":0.00084,\"usage\":{\"input_tokens\":310,"
                        + "\"output_tokens\":22,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0},"
                        + "\"context_tokens\":210,\"context_window\":1000000,"
                        + "\"seq\":14}",
                "{\"type\":\"session_interrupted\",\"session_id\":\"S\",\"status\":\"interrupted\",\"seq\":15}",
                "{\"type\":\"subscribed\",\"session_id\":\"S\",\"after_seq\":17,\"first_seq\":16,\"last_seq\":15,"
                        + "\"gap\":true,\"status\":\"idle\"}",
                "{\"type\":\"session_ended\",\"session_id\":\"S\",\"status\":\"ended\",\"seq\":16}");
    }

    @Test
    void aPieceOfThinkingCarriesItsContent() {
        Client client = stage.client("golden");
        client.send("{\"type\":\"create_session\",\"session_id\":\"S\",\"options\":{\"thinking\":"
                + "{\"type\":\"adaptive\",\"display\":\"summarized\"}}}");
        client.talk("S").prompt("hi");
        stage.call().start().thinking("a piece", "c2ln").text("ok").end("end_turn");
        client.await("agent_result");
        assertThat(plain(client.talk("S").frames()))
                .contains(
                        "{\"type\":\"agent_thinking\",\"thinking\":true,\"content\":\"a piece\",\"session_id\":\"S\",\"seq\":3}",
                        "{\"type\":\"agent_thinking\",\"thinking\":false,\"session_id\":\"S\",\"seq\":4}");
    }

    @Test
    void theMessagesThatBelongToNoSession() throws IOException {
        Client client = stage.client("golden");
        client.send("{\"type\":\"ping\",\"timestamp\":\"2026-11-22T13:00:00Z\"}");
        assertThat(client.await("pong").text()).isEqualTo("{\"type\":\"pong\",\"timestamp\":\"2026-11-22T13:00:00Z\"}");
        client.send("{\"type\":\"list_sessions\"}");
        assertThat(client.await("sessions_list").text()).isEqualTo("{\"type\":\"sessions_list\",\"sessions\":[]}");
        client.send("{\"type\":\"kill_all_agents\"}");
        assertThat(client.await("agents_killed").text())
                .isEqualTo("{\"type\":\"agents_killed\",\"killed_count\":0,\"sessions_ended\":[]}");
        client.send("{\"type\":\"send_prompt\",\"session_id\":\"S\",\"prompt\":\"hi\"}");
        assertThat(client.await("error").text())
                .isEqualTo(
                        "{\"type\":\"error\",\"message\":\"Session S not found\",\"session_id\":\"S\",\"details\":null,"
                                + "\"code\":\"session_not_found\",\"request_type\":\"send_prompt\",\"retryable\":false}");
        Files.createDirectory(stage.directory().resolve("dir"));
        client.send(
                "{\"type\":\"create_session\",\"session_id\":\"optional-uuid\",\"options\":{\"system_prompt\":\"optional\","
                        + "\"tools\":[\"Read\",\"Write\",\"Bash\"],\"working_directory\":\"" + stage.directory()
                        + "/dir\"}}");
        assertThat(client.await("session_created").session()).isEqualTo("optional-uuid");
        client.send("{\"type\":\"list_sessions\"}");
        String listed = client.await("sessions_list").text();
        assertThat(listed)
                .startsWith("{\"type\":\"sessions_list\",\"sessions\":[{\"id\":\"optional-uuid\",\"created_at\":");
    }

    @Test
    void contentBlocksReachTheModelAsTheyWere() {
        Client client = stage.client("golden");
        client.createNamed("S");
        String image =
                "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"iVBORw0=\"}}";
        client.send(
                "{\"type\":\"send_prompt\",\"session_id\":\"S\",\"content\":[{\"type\":\"text\",\"text\":\"What is this?\"},"
                        + image + "]}");
        SimulatedCall call = stage.call();
        assertThat(call.body().at("/messages/0/content/0/text").asText()).isEqualTo("What is this?");
        assertThat(call.body().at("/messages/0/content/1/source").toString())
                .isEqualTo("{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"iVBORw0=\"}");
        call.start().text("A dot.").end("end_turn");
        assertThat(client.await("agent_result").json().path("prompt_id").isNull())
                .isTrue();
    }

    @Test
    void anAbsentIdMeansAFreshOne() {
        Client client = stage.client("golden");
        for (String message : List.of(
                "{\"type\":\"create_session\"}",
                "{\"type\":\"create_session\",\"session_id\":null,\"options\":null,\"unknown\":[1]}")) {
            client.sendUnchecked(message);
            assertThat(client.await("session_created").session())
                    .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        }
    }
}
