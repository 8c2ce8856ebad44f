package dev.agentws.operations;

import dev.agentws.agent.Session;
import dev.agentws.agent.SessionObserver;
import dev.agentws.agent.cost.PriceTable;
import dev.agentws.agent.event.EventWatcher;
import dev.agentws.agent.model.ModelClient;
import dev.agentws.metrics.Meters;
import dev.agentws.metrics.PromptWatch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Watches the sessions of one server, and their model calls. Thread-safe. */
public final class Telemetry implements PromptWatch, SessionObserver {
    private final Meters meters;
    private final PriceTable prices;
    private final LongSupplier nanoTime;
    private final @Nullable Tracing tracing;
    private final Map<String, SessionWatch> sessions = new ConcurrentHashMap<>();

    /**
     * @param nanoTime as {@link System#nanoTime()}
     * @param tracing where spans go, or null for none
     */
    public Telemetry(Meters meters, PriceTable prices, LongSupplier nanoTime, @Nullable Tracing tracing) {
        this.meters = meters;
        this.prices = prices;
        this.nanoTime = nanoTime;
        this.tracing = tracing;
    }

    @Override
    public EventWatcher opened(Session session) {
        SessionWatch watch = watch(session);
        watch.opened();
        return watch;
    }

    @Override
    public EventWatcher revived(Session session, boolean inTurn, int waiting) {
        SessionWatch watch = watch(session);
        watch.revived(inTurn, waiting);
        return watch;
    }

    @Override
    public void fellAsleep(Session session) {
        sessions.remove(session.id());
    }

    private SessionWatch watch(Session session) {
        SessionWatch watch = new SessionWatch(session.id(), this);
        sessions.put(session.id(), watch);
        return watch;
    }

    /** The same model, watched. */
    public ModelClient watched(ModelClient models) {
        return new WatchedModels(models, this);
    }

    @Override
    public void offered(String sessionId, @Nullable String traceParent) {
        SessionWatch watch = find(sessionId);
        if (watch != null) {
            watch.offered(traceParent);
        }
    }

    @Override
    public void refused(String sessionId) {
        SessionWatch watch = find(sessionId);
        if (watch != null) {
            watch.refused();
        }
    }

    @Nullable
    SessionWatch find(String sessionId) {
        return sessions.get(sessionId);
    }

    void forget(SessionWatch watch) {
        sessions.remove(watch.id(), watch);
    }

    Meters meters() {
        return meters;
    }

    PriceTable prices() {
        return prices;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    @Nullable
    Tracing tracing() {
        return tracing;
    }
}
