package dev.agentws.agent.cost;

import dev.agentws.agent.model.Usage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What models cost, in US dollars per million tokens. A model that is not in the table has no price, which is not the same as a price
 * of nothing. Immutable.
 */
public final class PriceTable {
    private static final double MILLION = 1_000_000;

    /** What Anthropic takes for one search of its tool web_search, whatever the model: 10 dollars a thousand. */
    private static final double WEB_SEARCH = 0.01;

    private final Map<String, Price> prices;

    /**
     * @param input per million prompt tokens
     * @param output per million generated tokens
     * @param cacheWrite per million tokens written to the cache for five minutes
     * @param cacheWriteHour the same for an hour
     * @param cacheRead per million tokens read from the cache
     * @param longPrompt what the model costs once a prompt is longer than {@code longPromptTokens}, or null
     * @param longPromptTokens 0 when there is no other price for long prompts
     */
    public record Price(
            double input,
            double output,
            double cacheWrite,
            double cacheWriteHour,
            double cacheRead,
            @Nullable Price longPrompt,
            long longPromptTokens) {

        /** A price that does not depend on the length of the prompt. */
        public static Price flat(
                double input, double output, double cacheWrite, double cacheWriteHour, double cacheRead) {
            return new Price(input, output, cacheWrite, cacheWriteHour, cacheRead, null, 0);
        }
    }

    /** @param prices by model id; an id also stands for its dated versions */
    public PriceTable(Map<String, Price> prices) {
        this.prices = Collections.unmodifiableMap(new TreeMap<>(prices));
    }

    /** Anthropic's list prices of November 2026 (platform.claude.com, models overview). */
    public static PriceTable published() {
        Map<String, Price> all = new TreeMap<>();
        all.put("claude-fable-5-2", Price.flat(8, 40, 10, 16, 0.20));
        for (String model : List.of("claude-fable-5-1", "claude-mythos-5-1")) {
            all.put(model, Price.flat(10, 50, 12.50, 20, 0.25));
        }
        for (String model : List.of("claude-fable-5", "claude-mythos-5")) {
            all.put(model, Price.flat(10, 50, 12.50, 20, 1.00));
        }
        all.put("claude-opus-5-5", Price.flat(4, 20, 5, 8, 0.20));
        for (String model :
                List.of("claude-opus-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-opus-4-5")) {
            all.put(model, Price.flat(5, 25, 6.25, 10, 0.50));
        }
        all.put("claude-sonnet-5-5", Price.flat(2, 10, 2.50, 4, 0.10));
        all.put("claude-sonnet-5", Price.flat(2, 10, 2.50, 4, 0.20));
        for (String model : List.of("claude-sonnet-4-6", "claude-sonnet-4-5")) {
            all.put(model, Price.flat(3, 15, 3.75, 6, 0.30));
        }
        all.put(
                "claude-haiku-5-5",
                new Price(0.10, 0.50, 0.125, 0.20, 0.01, Price.flat(0.50, 2.50, 0.625, 1.00, 0.05), 100_000));
        all.put("claude-haiku-4-5", Price.flat(1, 5, 1.25, 2, 0.10));
        return new PriceTable(all);
    }

    /** What one model call cost, or null when the model is not in the table. */
    public @Nullable Double cost(String model, Usage usage) {
        Price price = find(model);
        if (price == null) {
            return null;
        }
        double sum = cost(price, usage);
        for (Usage summary : usage.compactions()) {
            sum += cost(price, summary);
        }
        return sum;
    }

    private static double cost(Price usual, Usage usage) {
        Price price = usual;
        Price longPrompt = price.longPrompt();
        if (longPrompt != null && usage.promptTokens() > price.longPromptTokens()) {
            price = longPrompt;
        }
        long fiveMinutes = usage.cacheCreationTokens() - usage.cacheCreationHourTokens();
        return (usage.inputTokens() * price.input()
                                + usage.outputTokens() * price.output()
                                + fiveMinutes * price.cacheWrite()
                                + usage.cacheCreationHourTokens() * price.cacheWriteHour()
                                + usage.cacheReadTokens() * price.cacheRead())
                        / MILLION
                + usage.webSearches() * WEB_SEARCH;
    }

    /** The models with a price, in order. */
    public Set<String> models() {
        return prices.keySet();
    }

    /** Whether the model's price is known. */
    public boolean knows(String model) {
        return find(model) != null;
    }

    /** The id itself, or the id without a date ({@code -20250929}) or a window mark ({@code [1m]}). */
    private @Nullable Price find(String model) {
        String plain = model.replaceFirst("\\[[^\\]]*\\]$", "");
        Price exact = prices.get(plain);
        return exact != null ? exact : prices.get(plain.replaceFirst("-\\d{8}$", ""));
    }
}
