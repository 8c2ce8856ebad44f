package dev.agentws.simulator.api;

/** Token numbers of an answer: read at full price, written to the cache for two spans of time, read from it, and produced. */
public record TokenUsage(long input, long cacheWrite5m, long cacheWrite1h, long cacheRead, long output) {
    /** Before anything is known. */
    public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0);

    /** The whole prompt. */
    public long prompt() {
        return input + cacheWrite5m + cacheWrite1h + cacheRead;
    }

    /** The same prompt with another number of produced tokens. */
    public TokenUsage withOutput(long tokens) {
        return new TokenUsage(input, cacheWrite5m, cacheWrite1h, cacheRead, tokens);
    }
}
