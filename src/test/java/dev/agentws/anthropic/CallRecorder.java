package dev.agentws.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.Usage;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps what a call told its listener, one short text per callback, in order. */
final class CallRecorder implements ModelListener {
    /** A queue without locks: an event loop adds to it. */
    private final BlockingQueue<String> told = new LinkedTransferQueue<>();

    private final Consumer<String> onEach;
    volatile @Nullable ModelFailure failure;
    volatile @Nullable ModelFailure retried;
    volatile @Nullable Duration retryDelay;

    CallRecorder() {
        this(word -> {});
    }

    /** @param onEach runs inside each callback */
    CallRecorder(Consumer<String> onEach) {
        this.onEach = onEach;
    }

    /** The next callbacks; waits for each. */
    void expect(String... words) {
        for (String word : words) {
            assertThat(next()).isEqualTo(word);
        }
    }

    String next() {
        try {
            return String.valueOf(told.poll(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** All that has been told and not been looked at. */
    List<String> rest() {
        List<String> rest = new ArrayList<>();
        told.drainTo(rest);
        return rest;
    }

    private void tell(String word) {
        told.add(word);
        onEach.accept(word);
    }

    @Override
    public void onStart(String messageId, String model, Usage usage) {
        tell("start");
    }

    @Override
    public void onBlockStart(int index, BlockKind kind, byte[] json) {
        tell("block");
    }

    @Override
    public void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length) {
        tell(bytes.toString(offset, length, StandardCharsets.US_ASCII));
    }

    @Override
    public void onOtherDelta(int index, byte[] json) {
        tell("other");
    }

    @Override
    public void onBlockStop(int index) {
        tell("stopped");
    }

    @Override
    public void onStop(
            @Nullable String stopReason, @Nullable String stopSequence, Usage usage, byte @Nullable [] details) {
        tell("stop");
    }

    @Override
    public void onComplete() {
        tell("complete");
    }

    @Override
    public void onFailure(ModelFailure failure) {
        this.failure = failure;
        tell("failure " + failure.kind());
    }

    @Override
    public void onRetry(int attempt, Duration delay, ModelFailure cause) {
        retried = cause;
        retryDelay = delay;
        tell("retry " + attempt + " " + cause.kind());
    }
}
