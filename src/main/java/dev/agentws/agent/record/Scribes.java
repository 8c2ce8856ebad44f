package dev.agentws.agent.record;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/** The {@link Scribe} of each event loop. Thread-safe. */
public final class Scribes {
    private final long delayNanos;
    private final Map<ScheduledExecutorService, Scribe> scribes = new ConcurrentHashMap<>();

    /** @param delay how long what happens may wait before it is handed to the journal */
    public Scribes(Duration delay) {
        delayNanos = delay.toNanos();
    }

    Scribe of(ScheduledExecutorService loop) {
        Scribe known = scribes.get(loop);
        return known != null ? known : scribes.computeIfAbsent(loop, each -> new Scribe(each, delayNanos));
    }
}
