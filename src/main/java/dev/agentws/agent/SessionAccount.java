package dev.agentws.agent;

import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.cost.Spending;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.record.SessionLabel;
import dev.agentws.agent.record.StoredSession;
import org.jspecify.annotations.Nullable;

/** What a session's turns have come to. Takes next to no room before the first. Confined to the session's loop. */
final class SessionAccount {
    private static final Double NOTHING = 0.0;

    private @Nullable Spending spending;
    private @Nullable String error;
    private int turns;
    private long durationMs;
    private final long createdAtMs;
    private final SessionLabel label = new SessionLabel();

    /** @param createdAtMs when the session was made */
    SessionAccount(long createdAtMs) {
        this.createdAtMs = createdAtMs;
    }

    /** Where an earlier life of the session left it; a turn that was cut counts with what it had cost. */
    static SessionAccount of(StoredSession stored, PriceTable prices) {
        SessionAccount account = new SessionAccount(stored.createdAtMs());
        account.spending = Spending.of(prices, stored.usage(), stored.usd(), stored.calls());
        account.error = stored.error();
        account.turns = stored.turns();
        account.durationMs = stored.durationMs();
        account.label.copy(stored.label());
        return account;
    }

    /** What people know the session by. */
    SessionLabel label() {
        return label;
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

    /** The session as clients see it. */
    SessionInfo info(Session session, long activeAtMs, long lastSeq, int queued) {
        Spending sofar = spending;
        return new SessionInfo(
                session.id(),
                createdAtMs,
                activeAtMs,
                session.status(),
                session.options().echo(),
                session.conversation().size(),
                error,
                sofar == null ? NOTHING : sofar.costUsd(),
                turns,
                durationMs,
                session.model(),
                session.equipment().mode(),
                lastSeq,
                queued,
                session.openQuestions().stream()
                        .map(open -> open.request().requestId())
                        .toList(),
                session.services().tools().sandbox(),
                session.equipment().place().workingDirectory().toString(),
                label.title(),
                label.beginning(),
                label.origin(),
                false);
    }
}
