package dev.agentws.agent.cost;

import dev.agentws.agent.model.CompactionMode;

/**
 * How long a conversation may grow before it is shortened. Immutable.
 *
 * @param windows how much each model takes
 * @param compactAtPercent of the window; 0 = never by itself
 * @param mode who does it
 */
public record ContextRules(ContextWindows windows, int compactAtPercent, CompactionMode mode) {
    private static final int USUAL_PERCENT = 80;
    private static final int MOST_PERCENT = 95;

    public ContextRules {
        if (compactAtPercent < 0 || compactAtPercent > MOST_PERCENT) {
            throw new IllegalArgumentException(
                    "compactAtPercent: " + compactAtPercent + " (expected: 0 to " + MOST_PERCENT + ")");
        }
    }

    /** The same, done by whoever does it best. */
    public ContextRules(ContextWindows windows, int compactAtPercent) {
        this(windows, compactAtPercent, CompactionMode.AUTO);
    }

    /** The published windows, and shortening at four fifths of them. */
    public static ContextRules usual() {
        return new ContextRules(ContextWindows.published(), USUAL_PERCENT);
    }

    /** The number of tokens at which a conversation with this model is shortened. */
    public long compactAt(String model) {
        return compactAtPercent == 0 ? Long.MAX_VALUE : windows.of(model) * compactAtPercent / 100;
    }
}
