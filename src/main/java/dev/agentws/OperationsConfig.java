package dev.agentws;

import dev.agentws.metrics.LogLevels;
import dev.agentws.metrics.MetricsAccess;
import io.opentelemetry.api.OpenTelemetry;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may see of a server and turn while it runs. Immutable.
 *
 * @param metrics who may read {@code /metrics}
 * @param levels behind {@code /loglevel}, which wants a token
 * @param traces where spans go, or null for none; not closed by the server
 * @param traceContent whether prompts, answers, inputs and results of tools go with the spans
 */
public record OperationsConfig(
        MetricsAccess metrics, LogLevels levels, @Nullable OpenTelemetry traces, boolean traceContent) {

    /** {@code /metrics} for this machine or with a token; no spans. */
    public static OperationsConfig defaults() {
        return new OperationsConfig(MetricsAccess.AUTO, LogLevels.NONE, null, false);
    }

    /** The same with spans. */
    public OperationsConfig withTraces(OpenTelemetry where, boolean content) {
        return new OperationsConfig(metrics, levels, where, content);
    }

    /** The same with another access to {@code /metrics}. */
    public OperationsConfig withMetrics(MetricsAccess access) {
        return new OperationsConfig(access, levels, traces, traceContent);
    }
}
