package dev.agentws.metrics;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator's side of the connections stands on. Immutable; its parts are thread-safe.
 *
 * @param meters where connections are counted
 * @param access who may read {@code page}
 * @param page behind {@code /metrics}
 * @param levels behind {@code /loglevel}
 */
public record Instruments(Meters meters, MetricsAccess access, MetricsPage page, LogLevels levels) {

    /** Counts for itself only. */
    public static Instruments unread() {
        return new Instruments(
                new Meters(List.of(), List.of()),
                MetricsAccess.OFF,
                () -> CompletableFuture.completedFuture(new byte[0]),
                LogLevels.NONE);
    }
}
