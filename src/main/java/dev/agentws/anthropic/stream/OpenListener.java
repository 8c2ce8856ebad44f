package dev.agentws.anthropic.stream;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.Usage;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A listener that can be taken away in the middle of an event: a turn may cancel its call from inside a callback, and must not hear the
 * rest of what that event comes to. Confined to one thread.
 */
final class OpenListener implements ModelListener {
    private final ModelListener target;
    private boolean closed;

    OpenListener(ModelListener target) {
        this.target = target;
    }

    void close() {
        closed = true;
    }

    @Override
    public void onStart(String messageId, String model, Usage usage) {
        if (!closed) {
            target.onStart(messageId, model, usage);
        }
    }

    @Override
    public void onBlockStart(int index, BlockKind kind, byte[] json) {
        if (!closed) {
            target.onBlockStart(index, kind, json);
        }
    }

    @Override
    public void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length) {
        if (!closed) {
            target.onDelta(index, kind, bytes, offset, length);
        }
    }

    @Override
    public void onOtherDelta(int index, byte[] json) {
        if (!closed) {
            target.onOtherDelta(index, json);
        }
    }

    @Override
    public void onBlockStop(int index) {
        if (!closed) {
            target.onBlockStop(index);
        }
    }

    @Override
    public void onStop(
            @Nullable String stopReason, @Nullable String stopSequence, Usage usage, byte @Nullable [] details) {
        if (!closed) {
            target.onStop(stopReason, stopSequence, usage, details);
        }
    }

    @Override
    public void onComplete() {
        if (!closed) {
            target.onComplete();
        }
    }

    @Override
    public void onFailure(ModelFailure failure) {
        if (!closed) {
            target.onFailure(failure);
        }
    }

    @Override
    public void onRetry(int attempt, Duration delay, ModelFailure cause) {
        if (!closed) {
            target.onRetry(attempt, delay, cause);
        }
    }
}
