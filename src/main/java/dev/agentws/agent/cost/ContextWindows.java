package dev.agentws.agent.cost;

import java.util.Map;
import java.util.TreeMap;

/**
 * How many tokens a model takes, prompt and answer together. Immutable.
 *
 * @param windows in tokens, by the beginning of the model's id
 */
public record ContextWindows(Map<String, Long> windows) {
    /** What most models take, and what is assumed of one that is not in the table. */
    public static final long USUAL = 200_000;

    private static final long LONG = 1_000_000;
    private static final String LONG_MARK = "[1m]";

    public ContextWindows {
        windows.forEach((model, tokens) -> {
            if (tokens < 1) {
                throw new IllegalArgumentException("window of " + model + ": " + tokens + " (expected: at least 1)");
            }
        });
        windows = Map.copyOf(windows);
    }

    /** The models of November 2026 that take more than the usual (platform.claude.com, models overview). */
    public static ContextWindows published() {
        Map<String, Long> all = new TreeMap<>();
        for (String line : new String[] {"fable-5", "mythos-5", "opus-5", "sonnet-5", "haiku-5-5"}) {
            all.put("claude-" + line, LONG);
        }
        for (String model : new String[] {"opus-4-8", "opus-4-7", "opus-4-6", "sonnet-4-6"}) {
            all.put("claude-" + model, LONG);
        }
        return new ContextWindows(all);
    }

    /** Every model takes that many tokens. */
    public static ContextWindows always(long tokens) {
        return new ContextWindows(Map.of("", tokens));
    }

    /** The model's window in tokens; the entry that says most of the id counts. */
    public long of(String model) {
        long window = model.endsWith(LONG_MARK) ? LONG : USUAL;
        int longest = -1;
        for (Map.Entry<String, Long> each : windows.entrySet()) {
            String start = each.getKey();
            if (model.startsWith(start) && start.length() > longest) {
                longest = start.length();
                window = each.getValue();
            }
        }
        return window;
    }
}
