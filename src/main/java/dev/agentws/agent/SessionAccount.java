package dev.agentws.agent;

import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.record.StoredSession;
import org.jspecify.annotations.Nullable;

/** What a session's turns have come to. Takes next to no room before the first. Confined to the session's loop. */
final class SessionAccount {
    private static final Double NOTHING = 0.0;

    private @Nullable Spending spending;
    private @Nullable String error;
    private int turns;
    private long durationMs;

    /** Where an earlier life of the session left it; a turn that was cut counts with what it had cost. */
    static SessionAccount of(StoredSession stored, PriceTable prices) {
        SessionAccount account = new SessionAccount();
        account.spending = Spending.of(prices, stored.usage(), stored.usd(), stored.calls());
        account.error = stored.error();
        account.turns = stored.turns();
        account.durationMs = stored.durationMs();
        return account;
    }

    /** The session's spending so far and a turn's on top. */
    Spending with(Spending more) {
        Spending sofar = spending;
        return sofar == null ? more : sofar.plus(more);
    }

    void turnOver(TurnResult result, Spending total) {
        spending = total;
        error = result.error();
        turns++;
        durationMs += result.durationMs();
    }

    /** Null when the price of a part is not known. */
    @Nullable
    Double costUsd() {
        return spending == null ? NOTHING : spending.costUsd();
    }

    @Nullable
    String error() {
        return error;
    }

    int turns() {
        return turns;
    }

    long durationMs() {
        return durationMs;
    }
}
