package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.websocket.WebSocketConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a client sends, it gets one clear error, and the connection goes on. */
final class BadInputTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"fly\"} | unknown_type | fly",
                "{\"type\":\"session_created\"} | unknown_type | session_created",
                "{\"type\":\"ping\" | invalid_json | null",
                "not json | invalid_json | null",
                "[] | invalid_json | null",
                "{\"type\":\"ping\"}{} | invalid_json | null",
                "{\"type\":\"ping\",\"type\":\"ping\"} | invalid_json | null",
                "{} | invalid_message | null",
                "{\"type\":7} | invalid_message | null",
                "{\"type\":\"send_prompt\",\"prompt\":\"hi\"} | invalid_message | send_prompt",
                "{\"type\":\"send_prompt\",\"session_id\":\"S\"} | invalid_message | send_prompt",
                "{\"type\":\"send_prompt\",\"session_id\":\"S\",\"prompt\":\" \"} | invalid_message | send_prompt",
                "{\"type\":\"send_prompt\",\"session_id\":\"S\",\"prompt\":7} | invalid_message | send_prompt",
                "{\"type\":\"send_prompt\",\"session_id\":\"S\",\"content\":[]} | invalid_message | send_prompt",
                "{\"type\":\"send_prompt\",\"session_id\":\"S\",\"content\":[{\"type\":\"tool_use\"}]}"
                        + " | invalid_message | send_prompt",
                "{\"type\":\"send_prompt\",\"session_id\":\"S\",\"prompt\":\"hi\",\"prompt_id\":7}"
                        + " | invalid_message | send_prompt",
                "{\"type\":\"create_session\",\"session_id\":\"\"} | invalid_message | create_session",
                "{\"type\":\"create_session\",\"session_id\":7} | invalid_message | create_session",
                "{\"type\":\"create_session\",\"options\":[]} | invalid_message | create_session",
                "{\"type\":\"permission_response\",\"session_id\":\"S\",\"request_id\":\"r\"}"
                        + " | invalid_message | permission_response",
                "{\"type\":\"permission_response\",\"session_id\":\"S\",\"approved\":true}"
                        + " | invalid_message | permission_response",
                "{\"type\":\"permission_response\",\"session_id\":\"S\",\"request_id\":\"r\",\"approved\":\"yes\"}"
                        + " | invalid_message | permission_response",
                "{\"type\":\"permission_response\",\"session_id\":\"S\",\"request_id\":\"r\",\"approved\":true}"
                        + " | permission_not_found | permission_response",
                "{\"type\":\"subscribe\",\"session_id\":\"S\",\"after_seq\":-1} | invalid_message | subscribe",
                "{\"type\":\"subscribe\",\"session_id\":\"S\",\"after_seq\":\"1\"} | invalid_message | subscribe",
                "{\"type\":\"send_prompt\",\"session_id\":\"T\",\"prompt\":\"hi\"} | session_not_found | send_prompt",
                "{\"type\":\"interrupt_session\",\"session_id\":\"T\"} | session_not_found | interrupt_session",
                "{\"type\":\"end_session\",\"session_id\":\"T\"} | session_not_found | end_session",
                "{\"type\":\"subscribe\",\"session_id\":\"T\"} | session_not_found | subscribe",
                "{\"type\":\"permission_response\",\"session_id\":\"T\",\"request_id\":\"r\",\"approved\":true}"
                        + " | session_not_found | permission_response",
            })
    void aBadMessageIsOneErrorAndTheConnectionStays(String message, String code, String requestType) {
        Client ann = stage.client("ann");
        Talk talk = ann.createNamed("S");
        Frame error = refused(ann, message);
        assertThat(error.at("code")).as(error.text()).isEqualTo(code);
        assertThat(error.json().path("request_type").asText()).isEqualTo(requestType);
        assertThat(error.json().fieldNames())
                .toIterable()
                .containsExactly("type", "message", "session_id", "details", "code", "request_type", "retryable");
        talk.prompt("hi");
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("=ok", "result end_turn");
    }

    /** The one answer to a message: what follows it is the answer to the next. */
    private static Frame refused(Client client, String message) {
        int before = client.frames().size();
        client.send(message).send("{\"type\":\"ping\",\"timestamp\":7}");
        client.await("pong");
        assertThat(client.frames()).hasSize(before + 2);
        Frame error = client.frame(before);
        assertThat(error.type()).as(error.text()).isEqualTo("error");
        assertThat(error.at("message")).isNotBlank();
        return error;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tools\":[\"Fly\"]} | Fly",
                "{\"tools\":[\"Task\"]} | Task",
                "{\"tools\":[\"mcp__x__y\"]} | mcp__x__y",
                "{\"tools\":\"Read\"} | tools",
                "{\"tools\":[7]} | tools",
                "{\"system_prompt\":7} | system_prompt",
                "{\"working_directory\":7} | working_directory",
                "{\"model\":7} | model",
                "{\"model\":\"a\\u0007b\"} | model: has U+0007 at 1",
                "{\"max_tokens\":0} | max_tokens",
                "{\"max_tokens\":\"many\"} | max_tokens",
                "{\"permission_mode\":\"maybe\"} | maybe",
                "{\"agent_name\":7} | agent_name",
                "{\"agent_name\":\"nobody\"} | nobody",
                "{\"mcp_servers\":{\"x\":{}}} | mcp_servers",
                "{\"conversation_history\":{}} | conversation_history",
                "{\"conversation_history\":[{\"role\":\"nobody\",\"content\":\"x\"}]} | conversation_history",
                "{\"temperature\":2} | temperature",
                "{\"temperature\":\"hot\"} | temperature",
                "{\"allowed_tools\":[\"Fly\"]} | Fly",
                "{\"allowed_tools\":[\"Fly(high)\"]} | Fly",
                "{\"disallowed_tools\":7} | disallowed_tools",
                "{\"max_turns\":0} | max_turns",
                "{\"max_budget_usd\":-1} | max_budget_usd",
                "{\"max_budget_usd\":1,\"model\":\"unknown-model\"} | unknown-model",
                "{\"thinking\":true} | thinking",
                "{\"effort\":\"huge\"} | huge",
                "{\"include_partial_messages\":\"no\"} | include_partial_messages",
                "{\"agents\":{\"x\":{}}} | agents",
                "{\"output_format\":{\"type\":\"x\"}} | output_format",
                "{\"setting_sources\":[\"user\"]} | setting_sources",
                "{\"env\":{\"A\":7}} | env",
                "{\"env\":[]} | env",
            })
    void aBadOptionIsNamedAndNoSessionIsMade(String options, String named) {
        Client ann = stage.client("ann");
        ann.send("{\"type\":\"create_session\",\"session_id\":\"S\",\"options\":" + options + "}");
        Frame error = ann.await("error");
        assertThat(error.at("code")).as(error.text()).isEqualTo("invalid_options");
        assertThat(error.at("message")).contains(named);
        assertThat(error.session()).isEqualTo("S");
        assertThat(stage.server().sessions()).isZero();
        ann.createNamed("S");
    }

    @Test
    void oneWhoDoesNotAuthenticateIsSentAway() {
        Client stranger = stage.stranger("stranger");
        stranger.send("{\"type\":\"list_sessions\"}");
        assertThat(stranger.await("error").at("code")).isEqualTo("auth_required");
        assertThat(stranger.awaitClose()).isEqualTo(1008);
    }

    @Test
    void aPromptTooManyIsToldWhenToTryAgain() {
        WebSocketConfig.Rates usual = stage.settings.socket.rates();
        stage.settings.socket = stage.settings.socket.withRates(new WebSocketConfig.Rates(
                usual.messages(), new WebSocketConfig.Rate(1, Duration.ofMinutes(1)), usual.failedTokens()));
        Talk talk = stage.client("ann").create("{}");
        talk.prompt("one").prompt("two");
        Frame error = talk.await("error");
        assertThat(error.at("code")).isEqualTo("rate_limited");
        assertThat(error.json().path("retryable").asBoolean()).isTrue();
        assertThat(error.json().path("retry_after_ms").asLong()).isBetween(1L, 60_000L);
        stage.call().start().text("ok").end("end_turn");
        assertThat(talk.turn()).endsWith("=ok", "result end_turn");
    }
}
