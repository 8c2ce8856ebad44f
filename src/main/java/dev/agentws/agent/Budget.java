package dev.agentws.agent;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The most a session may cost. */
final class Budget {
    private Budget() {}

    /** What to say when it is spent, or null while it is not. A cost that is not known counts as spent. */
    static @Nullable String spent(@Nullable Double mostUsd, Spending sofar) {
        Double cost = sofar.costUsd();
        if (mostUsd == null || (cost != null && cost < mostUsd)) {
            return null;
        }
        return "max_budget_usd: " + BigDecimal.valueOf(mostUsd).toPlainString() + " is spent";
    }
}
