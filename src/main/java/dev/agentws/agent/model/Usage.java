package dev.agentws.agent.model;

/**
 * Tokens of one model call, or of several added up. Immutable.
 *
 * @param inputTokens prompt tokens that were neither read from nor written to the prompt cache
 * @param outputTokens generated tokens, thinking included
 * @param cacheCreationTokens prompt tokens written to the cache, for five minutes or an hour
 * @param cacheCreationHourTokens the part of {@code cacheCreationTokens} that is kept for an hour (it costs more)
 * @param cacheReadTokens prompt tokens read from the cache
 * @param webSearches searches the API made, which it charges one by one
 */
public record Usage(
        long inputTokens,
        long outputTokens,
        long cacheCreationTokens,
        long cacheCreationHourTokens,
        long cacheReadTokens,
        long webSearches) {
    /** No tokens at all. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

    /** A call without searches. */
    public Usage(
            long inputTokens,
            long outputTokens,
            long cacheCreationTokens,
            long cacheCreationHourTokens,
            long cacheReadTokens) {
        this(inputTokens, outputTokens, cacheCreationTokens, cacheCreationHourTokens, cacheReadTokens, 0);
    }

    /** The sum, field by field. */
    public Usage plus(Usage other) {
        return new Usage(
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens,
                cacheCreationTokens + other.cacheCreationTokens,
                cacheCreationHourTokens + other.cacheCreationHourTokens,
                cacheReadTokens + other.cacheReadTokens,
                webSearches + other.webSearches);
    }

    /** The whole prompt: what fills the context window on the way in. */
    public long promptTokens() {
        return inputTokens + cacheCreationTokens + cacheReadTokens;
    }
}
