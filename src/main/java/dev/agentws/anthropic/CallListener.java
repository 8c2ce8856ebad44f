package dev.agentws.anthropic;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.Usage;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a call and its listener: after the end, or after {@link #close}, nothing passes, even if a reader still has events of
 * the same buffer to tell. Confined to the session's event loop.
 */
final class CallListener implements ModelListener {
    private final ModelListener delegate;
    private boolean closed;

    CallListener(ModelListener delegate) {
        this.delegate = delegate;
    }

    void close() {
        closed = true;
    }

    @Override
    public void onStart(String messageId, String model, Usage usage) {
        if (!closed) {
            delegate.onStart(messageId, model, usage);
        }
    }

    @Override
    public void onBlockStart(int index, BlockKind kind, byte[] json) {
        if (!closed) {
            delegate.onBlockStart(index, kind, json);
        }
    }

    @Override
    public void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length) {
        if (!closed) {
            delegate.onDelta(index, kind, bytes, offset, length);
        }
    }

    @Override
    public void onOtherDelta(int index, byte[] json) {
        if (!closed) {
            delegate.onOtherDelta(index, json);
        }
    }

    @Override
    public void onBlockStop(int index) {
        if (!closed) {
            delegate.onBlockStop(index);
        }
    }

    @Override
    public void onStop(
            @Nullable String stopReason, @Nullable String stopSequence, Usage usage, byte @Nullable [] details) {
        if (!closed) {
            delegate.onStop(stopReason, stopSequence, usage, details);
        }
    }

    @Override
    public void onComplete() {
        if (!closed) {
            closed = true;
            delegate.onComplete();
        }
    }

    @Override
    public void onFailure(ModelFailure failure) {
        if (!closed) {
            closed = true;
            delegate.onFailure(failure);
        }
    }

    @Override
    public void onRetry(int attempt, Duration delay, ModelFailure cause) {
        if (!closed) {
            delegate.onRetry(attempt, delay, cause);
        }
    }
}
