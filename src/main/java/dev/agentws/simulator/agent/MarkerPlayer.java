package dev.agentws.simulator.agent;

import dev.agentws.simulator.api.ApiError;
import dev.agentws.simulator.api.Ids;
import dev.agentws.simulator.wire.AnswerWriter;
import dev.agentws.simulator.wire.EventJson;
import dev.agentws.simulator.wire.EventJson.Stop;
import dev.agentws.simulator.wire.Framing;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Does what the markers of a prompt ask for. Thread-safe: the loops share only the count of failures. */
final class MarkerPlayer {
    private static final int REMEMBERED_PROMPTS = 1000;

    private final Map<String, Integer> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > REMEMBERED_PROMPTS;
        }
    };

    /** Answers on the call's event loop; {@code ordinary} is run when the markers leave the words of the answer open. */
    void play(AnswerWriter answer, Conversation talk, Markers markers, Runnable ordinary) {
        String problem = markers.problem();
        if (problem != null) {
            answer.error(ApiError.invalid(problem));
        } else if (markers.has("error") && failsNow(talk.promptText(), markers.number("times", Integer.MAX_VALUE))) {
            fail(answer, markers);
        } else {
            answer.framing(new Framing(markers.has("crlf"), !markers.has("noevent"), markers.has("bytes")));
            Runnable words = () -> answer(answer, talk, markers, ordinary);
            if (markers.has("slowstart")) {
                answer.after(Duration.ofMillis(markers.number("slowstart", 0)), words);
            } else {
                words.run();
            }
        }
    }

    private boolean failsNow(String prompt, int times) {
        synchronized (failures) {
            return failures.merge(prompt, 1, Integer::sum) <= times;
        }
    }

    private static void fail(AnswerWriter answer, Markers markers) {
        int status = markers.number("error", 500);
        String type = ApiError.typeOf(status);
        Map<String, String> headers =
                markers.has("retry_after") ? Map.of("retry-after", markers.word("retry_after", "")) : Map.of();
        String message = status == 404 ? "model: " + answer.request().model().id() : ApiError.messageOf(type);
        answer.error(new ApiError(status, type, message, headers));
    }

    private static void answer(AnswerWriter answer, Conversation talk, Markers markers, Runnable ordinary) {
        List<Markers.ToolCall> tools = talk.hasResults() ? List.of() : markers.tools();
        if (markers.has("deviant")) {
            new DeviantAnswer(answer, markers.word("deviant", "")).play(tools);
        } else if (!tools.isEmpty()) {
            callTools(answer, tools, markers.has("max_tokens"));
        } else if (markers.has("refusal")) {
            answer.start();
            answer.text("I cannot");
            answer.end(Stop.refused("cyber"));
        } else if (markers.has("pause_turn")) {
            pause(answer, talk);
        } else if (streamsLoad(markers)) {
            load(answer, markers);
        } else if (!markers.tools().isEmpty()) {
            answer.start();
            answer.text("The tool answered: ", talk.firstLineOfResults());
            answer.end(Stop.because("end_turn"));
        } else {
            ordinary.run();
        }
    }

    private static boolean streamsLoad(Markers markers) {
        return List.of("n", "cut", "stall", "midstream", "kind").stream().anyMatch(markers::has)
                || (markers.has("max_tokens") && markers.tools().isEmpty());
    }

    private static void callTools(AnswerWriter answer, List<Markers.ToolCall> tools, boolean truncated) {
        answer.start();
        for (Markers.ToolCall tool : tools) {
            String input = tool.inputJson();
            String shown = truncated ? input.substring(0, input.length() / 2) : input;
            answer.toolUse(Ids.toolUse(answer.request().random()), tool.name(), shown, 3);
        }
        answer.end(Stop.because(truncated ? "max_tokens" : "tool_use"));
    }

    /** A server tool that takes long: the first answer stops at its call, the second brings its result. */
    private static void pause(AnswerWriter answer, Conversation talk) {
        answer.start();
        String open = talk.openServerTool();
        if (open.isEmpty()) {
            answer.text("I will search the web.");
            answer.blockStart("{\"type\":\"server_tool_use\",\"id\":\""
                    + Ids.serverToolUse(answer.request().random()) + "\",\"name\":\"web_search\",\"input\":{}}");
            answer.inputDelta("");
            answer.inputDelta("{\"query\":\"simulated\"}");
            answer.blockStop();
            answer.end(Stop.because("pause_turn"));
        } else {
            answer.blockStart("{\"type\":\"web_search_tool_result\",\"tool_use_id\":" + EventJson.quote(open)
                    + ",\"content\":[]}");
            answer.blockStop();
            answer.text("The search found nothing, ", "as it was a simulated one.");
            answer.end(Stop.because("end_turn"));
        }
    }

    private static void load(AnswerWriter answer, Markers markers) {
        LoadShape shape = LoadShape.of(markers);
        answer.start();
        if (shape.thinking()) {
            answer.thinkingStart();
        } else {
            answer.textStart();
        }
        new LoadStream(answer, shape, 0, () -> endLoad(answer, shape, markers)).begin();
    }

    private static void endLoad(AnswerWriter answer, LoadShape shape, Markers markers) {
        if (markers.has("cut")) {
            answer.reply().cut();
        } else if (markers.has("stall")) {
            answer.silencePings();
        } else if (markers.has("midstream")) {
            answer.failMidstream(markers.word("midstream", ""));
        } else {
            if (shape.thinking()) {
                answer.thinkingStop(Ids.signature(answer.request().random()));
            } else {
                answer.blockStop();
            }
            answer.end(Stop.because(markers.has("max_tokens") ? "max_tokens" : "end_turn"));
        }
    }
}
