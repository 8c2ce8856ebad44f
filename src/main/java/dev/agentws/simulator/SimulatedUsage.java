package dev.agentws.simulator;

import dev.agentws.simulator.api.TokenUsage;

/**
 * Token numbers of an answer.
 *
 * @param input tokens read at full price
 * @param cacheWrite5m tokens written to the prompt cache for five minutes
 * @param cacheWrite1h tokens written to the prompt cache for an hour
 * @param cacheRead tokens read from the prompt cache
 * @param output tokens produced so far; at the start of a real stream a small number
 */
public record SimulatedUsage(long input, long cacheWrite5m, long cacheWrite1h, long cacheRead, long output) {

    TokenUsage numbers() {
        return new TokenUsage(input, cacheWrite5m, cacheWrite1h, cacheRead, output);
    }

    /** Numbers of a call that does not touch the prompt cache. */
    public static SimulatedUsage of(long input, long output) {
        return new SimulatedUsage(input, 0, 0, 0, output);
    }

    /** The whole prompt: fresh, written and read tokens together. */
    public long prompt() {
        return input + cacheWrite5m + cacheWrite1h + cacheRead;
    }

    /** The same prompt with another number of produced tokens. */
    public SimulatedUsage withOutput(long tokens) {
        return new SimulatedUsage(input, cacheWrite5m, cacheWrite1h, cacheRead, tokens);
    }
}
