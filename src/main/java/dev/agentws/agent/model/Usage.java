package dev.agentws.agent.model;

import java.util.List;

/**
 * Tokens of one model call, or of several added up. Immutable.
 *
 * @param inputTokens prompt tokens that were neither read from nor written to the prompt cache
 * @param outputTokens generated tokens, thinking included
 * @param cacheCreationTokens prompt tokens written to the cache, for five minutes or an hour
 * @param cacheCreationHourTokens the part of {@code cacheCreationTokens} that is kept for an hour (it costs more)
 * @param cacheReadTokens prompt tokens read from the cache
 * @param webSearches searches the API made, which it charges one by one
 * @param contextTokens what prompt and answer took of the window in the end, where the API says so; 0: what was read and generated
 * @param compactions what the API spent besides on summaries that shorten the conversation, each a prompt and an answer of its own
 */
public record Usage(
        long inputTokens,
        long outputTokens,
        long cacheCreationTokens,
        long cacheCreationHourTokens,
        long cacheReadTokens,
        long webSearches,
        long contextTokens,
        List<Usage> compactions) {
    public Usage {
        compactions = List.copyOf(compactions);
    }

    /** No tokens at all. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

    /** A call in which nothing was shortened. */
    public Usage(
            long inputTokens,
            long outputTokens,
            long cacheCreationTokens,
            long cacheCreationHourTokens,
            long cacheReadTokens,
            long webSearches) {
        this(
                inputTokens,
                outputTokens,
                cacheCreationTokens,
                cacheCreationHourTokens,
                cacheReadTokens,
                webSearches,
                0,
                List.of());
    }

    /** A call without searches. */
    public Usage(
            long inputTokens,
            long outputTokens,
            long cacheCreationTokens,
            long cacheCreationHourTokens,
            long cacheReadTokens) {
        this(inputTokens, outputTokens, cacheCreationTokens, cacheCreationHourTokens, cacheReadTokens, 0);
    }

    /** The sum, field by field, with what either spent on summaries. */
    public Usage plus(Usage other) {
        Usage sum = new Usage(
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens,
                cacheCreationTokens + other.cacheCreationTokens,
                cacheCreationHourTokens + other.cacheCreationHourTokens,
                cacheReadTokens + other.cacheReadTokens,
                webSearches + other.webSearches);
        for (Usage each : compactions) {
            sum = sum.plus(each);
        }
        for (Usage each : other.compactions) {
            sum = sum.plus(each);
        }
        return sum;
    }

    /** How much of the window the conversation takes after the call. */
    public long filledTokens() {
        return contextTokens > 0 ? contextTokens : promptTokens() + outputTokens;
    }

    /** The whole prompt: what fills the context window on the way in. */
    public long promptTokens() {
        return inputTokens + cacheCreationTokens + cacheReadTokens;
    }
}
