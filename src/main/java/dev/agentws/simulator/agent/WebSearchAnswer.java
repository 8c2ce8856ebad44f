package dev.agentws.simulator.agent;

import dev.agentws.simulator.api.Ids;
import dev.agentws.simulator.wire.AnswerWriter;
import dev.agentws.simulator.wire.EventJson;
import dev.agentws.simulator.wire.EventJson.Stop;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Plays the API's own search of the web: the call, its made-up results and an answer that cites them, all in one message. */
final class WebSearchAnswer {
    private static final Pattern WISH = Pattern.compile(
            "(?is)^(?:please\\s+)?(?:search|look)\\s+(?:on\\s+)?the\\s+(?:web|internet)\\s+for\\s+(.+?)[.!?]*$");
    private static final String TOOL = "web_search";

    private WebSearchAnswer() {}

    /** What the prompt wants to be searched, or null when it does not ask for that, or the request does not offer it. */
    static @Nullable String query(Conversation talk) {
        Matcher wish = WISH.matcher(talk.promptText());
        return talk.tools().contains(TOOL) && wish.matches() ? wish.group(1).strip() : null;
    }

    static void play(AnswerWriter answer, String query) {
        String id = Ids.serverToolUse(answer.request().random());
        answer.start();
        answer.text("I will search the web.");
        answer.blockStart("{\"type\":\"server_tool_use\",\"id\":" + EventJson.quote(id) + ",\"name\":\"" + TOOL
                + "\",\"input\":{}}");
        answer.inputDelta("");
        answer.inputDelta("{\"query\": " + EventJson.quote(query) + "}");
        answer.blockStop();
        answer.blockStart("{\"type\":\"web_search_tool_result\",\"tool_use_id\":" + EventJson.quote(id)
                + ",\"content\":[" + String.join(",", List.of(result(query, 1), result(query, 2))) + "]}");
        answer.blockStop();
        answer.countSearch();
        answer.textStart();
        answer.textPiece("There are two pages about " + query + ".");
        answer.otherDelta("{\"type\":\"citations_delta\",\"citation\":{\"type\":\"web_search_result_location\",\"url\":"
                + "\"https://example.com/1\",\"title\":\"Page 1\",\"encrypted_index\":\"c2ltdWxhdGVk\",\"cited_text\":"
                + EventJson.quote("About " + query) + "}}");
        answer.blockStop();
        answer.end(Stop.because("end_turn"));
    }

    private static String result(String query, int number) {
        return "{\"type\":\"web_search_result\",\"title\":" + EventJson.quote("Page " + number + " about " + query)
                + ",\"url\":\"https://example.com/" + number
                + "\",\"encrypted_content\":\"c2ltdWxhdGVk\",\"page_age\":null}";
    }
}
