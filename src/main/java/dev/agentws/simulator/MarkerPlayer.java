package dev.agentws.simulator;

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
    void play(SimulatedCall call, Conversation talk, Markers markers, Runnable ordinary) {
        String problem = markers.problem();
        if (problem != null) {
            call.status(400, "invalid_request_error", problem, Map.of());
        } else if (markers.has("error") && failsNow(talk.promptText(), markers.number("times", Integer.MAX_VALUE))) {
            fail(call, markers);
        } else {
            call.writer().framing(new Framing(markers.has("crlf"), !markers.has("noevent"), markers.has("bytes")));
            Runnable answer = () -> answer(call, talk, markers, ordinary);
            if (markers.has("slowstart")) {
                call.after(Duration.ofMillis(markers.number("slowstart", 0)), answer);
            } else {
                answer.run();
            }
        }
    }

    private boolean failsNow(String prompt, int times) {
        synchronized (failures) {
            return failures.merge(prompt, 1, Integer::sum) <= times;
        }
    }

    private static void fail(SimulatedCall call, Markers markers) {
        int status = markers.number("error", 500);
        String type = ApiError.typeOf(status);
        Map<String, String> headers =
                markers.has("retry_after") ? Map.of("retry-after", markers.word("retry_after", "")) : Map.of();
        String message = status == 404 ? "model: " + call.model().id() : ApiError.messageOf(type);
        call.status(status, type, message, headers);
    }

    private static void answer(SimulatedCall call, Conversation talk, Markers markers, Runnable ordinary) {
        List<Markers.ToolCall> tools = talk.hasResults() ? List.of() : markers.tools();
        if (markers.has("deviant")) {
            new DeviantAnswer(call, markers.word("deviant", "")).play(tools);
        } else if (!tools.isEmpty()) {
            callTools(call, tools, markers.has("max_tokens"));
        } else if (markers.has("refusal")) {
            call.start().text("I cannot").refuse("cyber");
        } else if (markers.has("pause_turn")) {
            pause(call, talk);
        } else if (streamsLoad(markers)) {
            load(call, markers);
        } else if (!markers.tools().isEmpty()) {
            call.start().text("The tool answered: ", talk.firstLineOfResults()).end("end_turn");
        } else {
            ordinary.run();
        }
    }

    private static boolean streamsLoad(Markers markers) {
        return List.of("n", "cut", "stall", "midstream", "kind").stream().anyMatch(markers::has)
                || (markers.has("max_tokens") && markers.tools().isEmpty());
    }

    private static void callTools(SimulatedCall call, List<Markers.ToolCall> tools, boolean truncated) {
        call.start();
        for (Markers.ToolCall tool : tools) {
            String input = tool.inputJson();
            String shown = truncated ? input.substring(0, input.length() / 2) : input;
            call.toolUse(Ids.toolUse(call.random()), tool.name(), shown, 3);
        }
        call.end(truncated ? "max_tokens" : "tool_use");
    }

    /** A server tool that takes long: the first answer stops at its call, the second brings its result. */
    private static void pause(SimulatedCall call, Conversation talk) {
        AnswerWriter writer = call.writer();
        call.start();
        String open = talk.openServerTool();
        if (open.isEmpty()) {
            call.text("I will search the web.");
            writer.blockStart("{\"type\":\"server_tool_use\",\"id\":\"" + Ids.serverToolUse(call.random())
                    + "\",\"name\":\"web_search\",\"input\":{}}");
            writer.inputDelta("");
            writer.inputDelta("{\"query\":\"simulated\"}");
            writer.blockStop();
            call.end("pause_turn");
        } else {
            writer.blockStart("{\"type\":\"web_search_tool_result\",\"tool_use_id\":" + EventJson.quote(open)
                    + ",\"content\":[]}");
            writer.blockStop();
            call.text("The search found nothing, ", "as it was a simulated one.")
                    .end("end_turn");
        }
    }

    private static void load(SimulatedCall call, Markers markers) {
        LoadShape shape = LoadShape.of(markers);
        AnswerWriter writer = call.writer();
        call.start();
        if (shape.thinking()) {
            writer.thinkingStart();
        } else {
            writer.textStart();
        }
        new LoadStream(call, shape, 0, () -> endLoad(call, shape, markers)).begin();
    }

    private static void endLoad(SimulatedCall call, LoadShape shape, Markers markers) {
        AnswerWriter writer = call.writer();
        if (markers.has("cut")) {
            call.cut();
        } else if (markers.has("stall")) {
            writer.silencePings();
        } else if (markers.has("midstream")) {
            writer.failMidstream(markers.word("midstream", ""));
        } else {
            if (shape.thinking()) {
                writer.thinkingStop(Ids.signature(call.random()));
            } else {
                writer.blockStop();
            }
            call.end(markers.has("max_tokens") ? "max_tokens" : "end_turn");
        }
    }
}
