package dev.agentws.benchmarks.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.Script;
import dev.agentws.simulator.SimulatedCall;
import java.time.Duration;

/** Answers prompts with their {@link PlayText}, some pieces at a time. Thread-safe. */
final class PacedModel implements Script {
    private final int atOnce;
    private final Duration pause;

    PacedModel(int atOnce, Duration pause) {
        this.atOnce = atOnce;
        this.pause = pause;
    }

    @Override
    public void answer(SimulatedCall call) {
        JsonNode messages = call.body().path("messages");
        int asked = messages.size() - 1;
        while (asked > 0 && prompt(messages.path(asked)).isEmpty()) {
            asked--;
        }
        String prompt = prompt(messages.path(asked));
        if (prompt.isEmpty()) {
            throw new IllegalStateException("messages: " + messages + " (expected: a prompt of the harness)");
        }
        // Behind the prompt stand an answer and the result of its call, for each call that was made.
        int calls = (messages.size() - 1 - asked) / 2;
        call.start().textStart();
        go(call, prompt, calls, PlayText.firstPieceAfter(prompt, calls));
    }

    private void go(SimulatedCall call, String prompt, int calls, int from) {
        int last = PlayText.firstPieceAfter(prompt, calls + 1);
        int end = Math.min(last, from + atOnce);
        for (int i = from; i < end; i++) {
            call.textPiece(PlayText.piece(prompt, i));
        }
        if (end < last) {
            call.after(pause, () -> go(call, prompt, calls, end));
        } else if (calls < PlayText.calls(prompt)) {
            String id = PlayText.callId(prompt, calls);
            call.textStop()
                    .toolUse(id, "Bash", "{\"command\":\"" + Errands.command(id) + "\"}", 2)
                    .end("tool_use");
        } else {
            call.textStop().end("end_turn");
        }
    }

    private static String prompt(JsonNode message) {
        JsonNode content = message.path("content");
        String found = content.isTextual() ? content.asText() : "";
        for (JsonNode block : content) {
            String text = block.path("text").asText();
            found = PlayText.isPrompt(text) ? text : found;
        }
        return message.path("role").asText().equals("user") && PlayText.isPrompt(found) ? found : "";
    }
}
