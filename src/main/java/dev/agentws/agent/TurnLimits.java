package dev.agentws.agent;

import dev.agentws.agent.cost.Spending;
import org.jspecify.annotations.Nullable;

/** How far a turn may go: rounds of tool use, answers that are continued, one nudge, and money. Confined to the session's loop. */
final class TurnLimits {
    /** How often a turn goes on by itself after {@code pause_turn}; the API's guide suggests 5. */
    private static final int MAX_CONTINUATIONS = 5;

    private final Session session;
    private final Spending spending;

    private int rounds;
    private int continuations;
    private boolean nudged;

    TurnLimits(Session session, Spending spending) {
        this.session = session;
        this.spending = spending;
    }

    /** Goes on counting where an earlier life of the session stopped. */
    void goOnAfter(int earlierRounds) {
        rounds = earlierRounds;
    }

    boolean usedTools() {
        return rounds > 0;
    }

    /** One more round is over. Returns why there may be no other, or null. */
    @Nullable
    String roundOver() {
        rounds++;
        Integer most = session.options().maxTurns();
        return most != null && rounds >= most ? "max_turns: " + most + " rounds of tool use are over" : null;
    }

    /** Whether an answer that paused may be continued once more. */
    boolean continuesOnceMore() {
        return ++continuations <= MAX_CONTINUATIONS;
    }

    /** Whether a model that says nothing to its tools' results may be asked to go on: once in a turn. */
    boolean nudgesOnce() {
        boolean first = rounds > 0 && !nudged;
        nudged |= first;
        return first;
    }

    /** Why no more money may be spent, or null. */
    @Nullable
    String spent() {
        return session.spendingWith(spending).over(session.options().maxBudgetUsd());
    }
}
