package dev.agentws.agent;

import org.jspecify.annotations.Nullable;

/** The most a session may cost. */
final class Budget {
    private Budget() {}

    /** What to say when it is spent, or null while it is not. A cost that is not known counts as spent. */
    static @Nullable String spent(@Nullable Double mostUsd, Spending sofar) {
        Double cost = sofar.costUsd();
        boolean over = mostUsd != null && (cost == null || cost >= mostUsd);
        return over ? "max_budget_usd: " + mostUsd + " is spent" : null;
    }
}
