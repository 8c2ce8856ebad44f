package dev.agentws.operations;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.agent.model.Usage;
import dev.agentws.metrics.LoopCounts;
import dev.agentws.metrics.Meters;
import dev.agentws.metrics.ModelCounts;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One model call as it passes by: counts its deltas, times it, adds up what it took, and hands everything on unchanged. Confined to the
 * session's event loop.
 */
final class WatchedCall implements ModelListener {
    private final ModelListener listener;
    private final Telemetry telemetry;
    private final Meters meters;
    private final LoopCounts counts;
    private final @Nullable CallTrace trace;
    private final long started;
    private String model;
    private Usage usage = Usage.NONE;
    /** The answer has begun. */
    private boolean answered;
    /** A delta has come. */
    private boolean begun;

    private boolean over;

    /** @param model the one that was asked for */
    WatchedCall(
            ModelListener listener, String model, Telemetry telemetry, LoopCounts counts, @Nullable CallTrace trace) {
        this.listener = listener;
        this.model = model;
        this.telemetry = telemetry;
        this.meters = telemetry.meters();
        this.counts = counts;
        this.trace = trace;
        this.started = telemetry.now();
    }

    /** The handle for the session, which is watched too. */
    ModelStream of(ModelStream stream) {
        return new ModelStream() {
            private boolean paused;

            @Override
            public void pause() {
                if (!paused && !over) {
                    paused = true;
                    counts.paused();
                }
                stream.pause();
            }

            @Override
            public void resume() {
                paused = false;
                stream.resume();
            }

            @Override
            public void cancel() {
                stream.cancel();
                if (!over && trace != null) {
                    trace.cancelled(usage);
                }
                end();
            }
        };
    }

    @Override
    public void onStart(String messageId, String startedModel, Usage startUsage) {
        model = startedModel.isEmpty() ? model : startedModel;
        usage = startUsage;
        answered = true;
        meters.upstreamAnswers.of("200").increment();
        if (trace != null) {
            trace.started(messageId, model);
        }
        listener.onStart(messageId, startedModel, startUsage);
    }

    @Override
    public void onBlockStart(int index, BlockKind kind, byte[] json) {
        listener.onBlockStart(index, kind, json);
    }

    @Override
    public void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length) {
        if (!begun) {
            begun = true;
            meters.timeToFirstDelta.record(telemetry.now() - started);
        }
        counts.delta(length);
        if (trace != null) {
            trace.delta(kind, bytes, offset, length);
        }
        listener.onDelta(index, kind, bytes, offset, length);
    }

    @Override
    public void onOtherDelta(int index, byte[] json) {
        listener.onOtherDelta(index, json);
    }

    @Override
    public void onBlockStop(int index) {
        listener.onBlockStop(index);
    }

    @Override
    public void onStop(@Nullable String reason, @Nullable String sequence, Usage total, byte @Nullable [] details) {
        usage = total;
        if (trace != null) {
            trace.stopped(reason);
        }
        listener.onStop(reason, sequence, total, details);
    }

    @Override
    public void onComplete() {
        end();
        if (trace != null) {
            trace.completed(usage);
        }
        listener.onComplete();
    }

    @Override
    public void onFailure(ModelFailure failure) {
        failed(failure);
        end();
        if (trace != null) {
            trace.failed(failure, usage);
        }
        listener.onFailure(failure);
    }

    @Override
    public void onRetry(int attempt, Duration delay, ModelFailure cause) {
        failed(cause);
        meters.upstreamRetries.increment();
        if (trace != null) {
            trace.retried(attempt, cause);
        }
        listener.onRetry(attempt, delay, cause);
    }

    /** An answer that had begun is counted already. */
    private void failed(ModelFailure failure) {
        if (failure.status() != 0) {
            meters.upstreamAnswers.of(Integer.toString(failure.status())).increment();
        } else if (!answered) {
            meters.upstreamAnswers.of("none").increment();
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        meters.modelCallTime.record(telemetry.now() - started);
        ModelCounts took = meters.models.of(model);
        Usage withSummaries = Usage.NONE.plus(usage);
        took.input.add(withSummaries.inputTokens());
        took.output.add(withSummaries.outputTokens());
        took.cacheWrite.add(withSummaries.cacheCreationTokens());
        took.cacheRead.add(withSummaries.cacheReadTokens());
        Double cost = telemetry.prices().cost(model, usage);
        if (cost != null) {
            took.cost(cost);
        }
    }
}
