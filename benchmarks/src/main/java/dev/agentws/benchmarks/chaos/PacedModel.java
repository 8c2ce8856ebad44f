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
        String prompt = prompt(call.body().path("messages"));
        call.start().textStart();
        go(call, prompt, 0);
    }

    private void go(SimulatedCall call, String prompt, int from) {
        int end = Math.min(PlayText.pieces(prompt), from + atOnce);
        for (int i = from; i < end; i++) {
            call.textPiece(PlayText.piece(prompt, i));
        }
        if (end == PlayText.pieces(prompt)) {
            call.textStop().end("end_turn");
        } else {
            call.after(pause, () -> go(call, prompt, end));
        }
    }

    private static String prompt(JsonNode messages) {
        JsonNode content = messages.path(messages.size() - 1).path("content");
        String found = content.isTextual() ? content.asText() : "";
        for (JsonNode block : content) {
            String text = block.path("text").asText();
            found = PlayText.isPrompt(text) ? text : found;
        }
        if (!PlayText.isPrompt(found)) {
            throw new IllegalStateException("prompt: " + content + " (expected: one of the harness)");
        }
        return found;
    }
}
