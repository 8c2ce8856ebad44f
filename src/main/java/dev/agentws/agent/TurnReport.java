package dev.agentws.agent;

import dev.agentws.agent.cost.Spending;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is measured of a turn, for its result. Confined to the session's loop. */
final class TurnReport {
    private final Session session;
    private final @Nullable String promptId;
    private final Spending spending;
    private final long startedNanos;
    private @Nullable Long ttftMs;

    /** @param spending of the turn; it may still grow */
    TurnReport(Session session, @Nullable String promptId, Spending spending) {
        this.session = session;
        this.promptId = promptId;
        this.spending = spending;
        this.startedNanos = session.services().nanoTime().getAsLong();
    }

    /** For the first piece of each call of the model; only the first of all counts. */
    void begun() {
        if (ttftMs == null) {
            ttftMs = elapsedMs();
        }
    }

    /** @param structured what was asked for by a schema, or null */
    TurnResult result(String reason, boolean isError, @Nullable String error, byte @Nullable [] structured) {
        return new TurnResult(
                promptId,
                reason,
                isError,
                error,
                spending.calls(),
                elapsedMs(),
                ttftMs,
                spending.costUsd(),
                session.spendingWith(spending).costUsd(),
                spending.usage(),
                session.transcript().tokens(),
                session.services().settings().context().windows().of(session.model()),
                structured);
    }

    private long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(session.services().nanoTime().getAsLong() - startedNanos);
    }
}
