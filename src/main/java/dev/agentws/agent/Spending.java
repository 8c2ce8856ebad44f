package dev.agentws.agent;

import dev.agentws.agent.model.Usage;
import org.jspecify.annotations.Nullable;

/** Tokens and money, of a turn or of a session. Confined to the session's loop. */
final class Spending {
    private final PriceTable prices;
    private Usage usage = Usage.NONE;
    private @Nullable Double costUsd = 0.0;
    private int calls;

    Spending(PriceTable prices) {
        this.prices = prices;
    }

    /** Adds one model call. A call whose price is not known makes the whole cost unknown. */
    void add(String model, Usage callUsage) {
        calls++;
        addAside(model, callUsage);
    }

    /** The same for a call that is no step of the conversation. */
    void addAside(String model, Usage callUsage) {
        usage = usage.plus(callUsage);
        costUsd = sum(costUsd, prices.cost(model, callUsage));
    }

    /** Both together, as a new account. */
    Spending plus(Spending other) {
        Spending sum = new Spending(prices);
        sum.usage = usage.plus(other.usage);
        sum.costUsd = sum(costUsd, other.costUsd);
        sum.calls = calls + other.calls;
        return sum;
    }

    private static @Nullable Double sum(@Nullable Double a, @Nullable Double b) {
        return a == null || b == null ? null : a + b;
    }

    Usage usage() {
        return usage;
    }

    /** Null when a part has no known price. */
    @Nullable
    Double costUsd() {
        return costUsd;
    }

    /** Model calls. */
    int calls() {
        return calls;
    }
}
