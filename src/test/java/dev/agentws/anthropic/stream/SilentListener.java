package dev.agentws.anthropic.stream;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.Usage;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Counts the bytes of deltas and keeps nothing, so that it allocates nothing. */
record SilentListener(long[] deltaBytes) implements ModelListener {
    @Override
    public void onStart(String messageId, String model, Usage usage) {}

    @Override
    public void onBlockStart(int index, BlockKind kind, byte[] json) {}

    @Override
    public void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length) {
        deltaBytes[0] += length;
    }

    @Override
    public void onOtherDelta(int index, byte[] json) {}

    @Override
    public void onBlockStop(int index) {}

    @Override
    public void onStop(
            @Nullable String stopReason, @Nullable String stopSequence, Usage usage, byte @Nullable [] details) {}

    @Override
    public void onComplete() {}

    @Override
    public void onFailure(ModelFailure failure) {}

    @Override
    public void onRetry(int attempt, Duration delay, ModelFailure cause) {}
}
