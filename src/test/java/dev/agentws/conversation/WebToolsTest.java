package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.SimulatedCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Searching the web by the API's own tool, over the socket. */
final class WebToolsTest {
    private static final String SEARCH = "{\"tools\":[\"WebSearch\"]}";
    private static final String USE = "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":"
            + "\"server_tool_use\",\"id\":\"srvtoolu_1\",\"name\":\"web_search\",\"input\":{}}}";
    private static final String STOP = "{\"type\":\"content_block_stop\",\"index\":0}";

    @RegisterExtension
    final Stage stage = new Stage();

    private static SimulatedCall searchBegun(SimulatedCall call) {
        return call.start().event("content_block_start", USE).event("content_block_stop", STOP);
    }

    @Test
    void aSearchIsShownLikeAToolAndGoesBackUnchanged() {
        stage.settings.script = Scripts.agent();
        Talk talk = stage.client("ann").create(SEARCH);
        talk.prompt("Search the web for llamas");
        Frame use = talk.await("agent_tool_use");
        assertThat(use.at("tool")).isEqualTo("WebSearch");
        assertThat(use.json().at("/input/query").asText()).isEqualTo("llamas");
        Frame result = talk.await("agent_tool_result");
        assertThat(result.at("tool")).isEqualTo("WebSearch");
        assertThat(result.at("tool_use_id")).isEqualTo(use.at("tool_use_id"));
        assertThat(result.at("content"))
                .isEqualTo("Page 1 about llamas - https://example.com/1\nPage 2 about llamas - https://example.com/2");
        assertThat(result.json().at("/details/content/1/url").asText()).isEqualTo("https://example.com/2");
        assertThat(result.json().at("/details/content/1").has("encrypted_content"))
                .isFalse();
        Frame end = talk.await("agent_result");
        assertThat(end.json().at("/usage/server_tool_use/web_search_requests").asInt())
                .isOne();
        assertThat(end.json().path("cost_usd").asDouble()).isGreaterThan(0.01);
        talk.prompt("and now?");
        assertThat(talk.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
    }

    @Test
    void theRequestOffersTheToolOfTheApi() {
        Talk talk = stage.client("ann").create(SEARCH);
        talk.prompt("hi");
        SimulatedCall call = stage.call();
        JsonNode tools = call.body().path("tools");
        assertThat(tools).hasSize(1);
        assertThat(tools.get(0).path("type").asText()).isEqualTo("web_search_20250305");
        assertThat(tools.get(0).path("name").asText()).isEqualTo("web_search");
        assertThat(tools.get(0).path("max_uses").asInt()).isEqualTo(8);
        assertThat(tools.get(0).has("input_schema")).isFalse();
        searchBegun(call)
                .event(
                        "content_block_start",
                        "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":"
                                + "\"web_search_tool_result\",\"tool_use_id\":\"srvtoolu_1\",\"content\":{\"type\":"
                                + "\"web_search_tool_result_error\",\"error_code\":\"too_many_requests\"}}}")
                .event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":1}")
                .text("sorry")
                .end("end_turn");
        Frame result = talk.await("agent_tool_result");
        assertThat(result.json().path("is_error").asBoolean()).isTrue();
        assertThat(result.at("content")).isEqualTo("It failed: too_many_requests");
        talk.await("agent_result");
        talk.prompt("again");
        SimulatedCall next = stage.call();
        assertThat(next.body().at("/messages/1/content/1/content/error_code").asText())
                .isEqualTo("too_many_requests");
        next.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }

    @ParameterizedTest
    @CsvSource({
        "'',1",
        "'\"disallowed_tools\":[\"WebSearch\"]',0",
        "'\"permission_mode\":\"dontAsk\"',0",
        "'\"permission_mode\":\"dontAsk\",\"allowed_tools\":[\"WebSearch\"]',1",
        "'\"permission_mode\":\"plan\"',1",
        "'\"permission_mode\":\"bypassPermissions\"',1"
    })
    void namingTheToolIsTheConsentUnlessTheRulesSayOtherwise(String options, int offered) {
        Talk talk = stage.client("ann")
                .create("{\"tools\":[\"WebSearch\"]" + (options.isEmpty() ? "" : "," + options) + "}");
        talk.prompt("hi");
        SimulatedCall call = stage.call();
        assertThat(call.body().path("tools").findValuesAsText("name"))
                .filteredOn("web_search"::equals)
                .hasSize(offered);
        call.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }

    @Test
    void aSearchThatWasCutOffIsEndedOnTheScreenAndLeftOutOfTheNextRequest() {
        Talk talk = stage.client("ann").create(SEARCH);
        talk.prompt("hi");
        searchBegun(stage.call()).end("pause_turn");
        SimulatedCall second = stage.call();
        assertThat(second.body().path("messages").toString()).contains("srvtoolu_1");
        talk.interrupt();
        assertThat(talk.await("agent_tool_result").at("content")).isEqualTo("It was not finished.");
        talk.await("agent_result");
        talk.prompt("go on");
        SimulatedCall third = stage.call();
        assertThat(third.body().path("messages").toString()).doesNotContain("srvtoolu_1");
        third.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }

    @Test
    void aPageIsRefusedByItsAddressOverTheSocketToo() {
        Talk talk = stage.client("ann").create("{\"tools\":[\"WebFetch\"],\"permission_mode\":\"bypassPermissions\"}");
        talk.prompt("fetch");
        stage.call()
                .start()
                .toolUse("t1", "WebFetch", "{\"url\":\"http://169.254.169.254/latest\",\"prompt\":\"x\"}", 2)
                .end("tool_use");
        Frame result = talk.await("agent_tool_result");
        assertThat(result.at("content")).contains("169.254.169.254", "not a public address");
        SimulatedCall next = stage.call();
        assertThat(List.of(next.body().path("messages").size())).containsExactly(3);
        next.start().text("ok").end("end_turn");
        talk.await("agent_result");
    }
}
