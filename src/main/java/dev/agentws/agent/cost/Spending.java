package dev.agentws.agent.cost;

import dev.agentws.agent.model.Usage;
import dev.agentws.agent.record.StateRecord;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Tokens and money, of a turn or of a session. Confined to the session's loop. */
public final class Spending {
    private final PriceTable prices;
    private Usage usage = Usage.NONE;
    private @Nullable Double costUsd = 0.0;
    private int calls;

    public Spending(PriceTable prices) {
        this.prices = prices;
    }

    /** Adds one model call. A call whose price is not known makes the whole cost unknown. */
    public void add(String model, Usage callUsage) {
        calls++;
        addAside(model, callUsage);
    }

    /** The same for a call that is no step of the conversation. */
    public void addAside(String model, Usage callUsage) {
        usage = usage.plus(callUsage);
        costUsd = sum(costUsd, prices.cost(model, callUsage));
    }

    /** Both together, as a new account. */
    public Spending plus(Spending other) {
        Spending sum = new Spending(prices);
        sum.usage = usage.plus(other.usage);
        sum.costUsd = sum(costUsd, other.costUsd);
        sum.calls = calls + other.calls;
        return sum;
    }

    private static @Nullable Double sum(@Nullable Double a, @Nullable Double b) {
        return a == null || b == null ? null : a + b;
    }

    /** What to say when {@code mostUsd} is spent, or null while it is not. A cost that is not known counts as spent. */
    public @Nullable String over(@Nullable Double mostUsd) {
        Double cost = costUsd;
        if (mostUsd == null || (cost != null && cost < mostUsd)) {
            return null;
        }
        return "max_budget_usd: " + BigDecimal.valueOf(mostUsd).toPlainString() + " is spent";
    }

    /** An account that stands where another one was left. */
    public static Spending of(PriceTable prices, Usage usage, @Nullable Double costUsd, int calls) {
        Spending spending = new Spending(prices);
        spending.usage = usage;
        spending.costUsd = costUsd;
        spending.calls = calls;
        return spending;
    }

    public StateRecord record() {
        return StateRecord.cost(usage, costUsd, calls);
    }

    public Usage usage() {
        return usage;
    }

    /** Null when a part has no known price. */
    public @Nullable Double costUsd() {
        return costUsd;
    }

    /** Model calls. */
    public int calls() {
        return calls;
    }
}
