package dev.agentws.agent.model;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a model call tells its turn, in order and already cleaned of what upstreams get wrong: after {@link #onStart}, for each block
 * one {@link #onBlockStart}, its deltas, one {@link #onBlockStop} (blocks may overlap, so the index is the key); then {@link #onStop}
 * once or more; then {@link #onComplete}. Confined to the session's event loop.
 */
public interface ModelListener {
    /** The message begins. Comes again, before any block, when the call had to be retried: the later one counts. */
    void onStart(String messageId, String model, Usage usage);

    /**
     * A content block begins.
     *
     * @param json the {@code content_block} object as it came, unknown fields included; for a block that the upstream never
     *     announced, a minimal one of its kind
     */
    void onBlockStart(int index, BlockKind kind, byte[] json);

    /**
     * A piece of a block's string, the hot path. The bytes are the inside of a JSON string: still escaped, valid UTF-8, no raw
     * control character; never empty, except for tool input. They belong to the caller and are only valid during the call.
     */
    void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length);

    /**
     * Any other delta (citations, compaction, unknown ones).
     *
     * @param json the {@code delta} object as it came
     */
    void onOtherDelta(int index, byte[] json);

    /** The block is whole. A stream that ends with blocks open stops them before {@link #onComplete}, not before a failure. */
    void onBlockStop(int index);

    /**
     * The end of the message is announced ({@code message_delta}).
     *
     * @param stopReason as it came, or null when none was given
     * @param usage the totals of the whole message: they replace earlier ones, they are not added
     * @param details the {@code stop_details} object as it came, or null
     */
    void onStop(@Nullable String stopReason, @Nullable String stopSequence, Usage usage, byte @Nullable [] details);

    /** The message is complete; nothing follows. */
    void onComplete();

    /** The call failed for good; nothing follows. */
    void onFailure(ModelFailure failure);

    /** The call is about to be tried again after {@code delay}. */
    void onRetry(int attempt, Duration delay, ModelFailure cause);
}
