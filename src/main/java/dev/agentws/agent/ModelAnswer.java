package dev.agentws.agent;

import dev.agentws.agent.cost.Spending;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.transcript.AnswerView;
import dev.agentws.agent.transcript.AssistantMessage;
import dev.agentws.agent.transcript.AssistantMessage.ToolUse;
import dev.agentws.agent.transcript.OpenBlock;
import dev.agentws.agent.transcript.StartText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of the model and its answer while it arrives: what of it is shown, what it costs, and what of it goes back. Ends with exactly
 * one call of its {@link End}, unless it is cancelled. Confined to the session's loop.
 */
final class ModelAnswer implements ModelListener {
    private static final Logger LOG = LoggerFactory.getLogger(ModelAnswer.class);

    private final Session session;
    private final AnswerView shown;
    private final End end;
    private final AssistantMessage message;

    private @Nullable ModelStream stream;
    /** What is asked once somebody takes the answer. */
    private @Nullable ModelRequest held;

    private String model;
    private Usage usage = Usage.NONE;
    private @Nullable String stopReason;
    private boolean over;
    private boolean begun;

    /** Who asked. */
    interface End {
        /** Something of the answer can be seen: its first piece. */
        void begun();

        /** The answer is whole. */
        void answered(ModelAnswer answer, String stopReason);

        /** The call failed for good. */
        void failed(ModelAnswer answer, ModelFailure failure);
    }

    ModelAnswer(Session session, AnswerView shown, End end) {
        this.session = session;
        this.shown = shown;
        this.end = end;
        this.message = new AssistantMessage(session.services().allocator());
        this.model = session.model();
    }

    /** @throws RuntimeException when the call cannot even be started */
    void start(ModelRequest request) {
        shown.nextCall();
        if (session.story().paused()) {
            held = request;
        } else {
            stream = session.services().models().stream(request, this, session.loop());
        }
    }

    private void startHeld() {
        ModelRequest request = held;
        if (request == null || session.story().paused()) {
            return;
        }
        held = null;
        try {
            stream = session.services().models().stream(request, this, session.loop());
        } catch (RuntimeException e) {
            LOG.error("session {}: model call could not be started", session.id(), e);
            onFailure(new ModelFailure(
                    ModelFailure.Kind.CONNECTION, "the model could not be called", 0, null, null, null));
        }
    }

    @Override
    public void onStart(String messageId, String startedModel, Usage startUsage) {
        model = startedModel.isEmpty() ? session.model() : startedModel;
        usage = startUsage;
    }

    @Override
    public void onBlockStart(int index, BlockKind kind, byte[] json) {
        message.start(index, kind, json);
        if (kind == BlockKind.TOOL_USE || kind == BlockKind.THINKING) {
            shown.close();
        }
        byte[] text = StartText.of(kind, json);
        if (text.length > 0) {
            ByteBuf bytes = Unpooled.wrappedBuffer(text);
            onDelta(index, kind == BlockKind.TEXT ? DeltaKind.TEXT : DeltaKind.THINKING, bytes, 0, text.length);
            bytes.release();
        }
    }

    @Override
    public void onDelta(int index, DeltaKind kind, ByteBuf bytes, int offset, int length) {
        OpenBlock block = message.find(index);
        if (block == null || over) {
            return;
        }
        block.append(kind, bytes, offset, length);
        if (kind == DeltaKind.TEXT && length > 0) {
            began();
            shown.said(block.text(), bytes, offset, length);
        } else if (kind == DeltaKind.THINKING && length > 0) {
            began();
            shown.thought(block.text(), bytes, offset, length);
        }
    }

    private void began() {
        if (!begun) {
            begun = true;
            end.begun();
        }
    }

    @Override
    public void onOtherDelta(int index, byte[] json) {
        OpenBlock block = message.find(index);
        if (block != null) {
            block.appendOther(json);
        }
    }

    @Override
    public void onBlockStop(int index) {
        OpenBlock block = message.find(index);
        ToolUse use = message.stop(index);
        if (block != null) {
            shown.finished(block);
        }
        if (use != null && !use.broken()) {
            shown.used(use);
        }
    }

    @Override
    public void onStop(@Nullable String reason, @Nullable String sequence, Usage total, byte @Nullable [] details) {
        stopReason = reason;
        usage = total;
    }

    @Override
    public void onComplete() {
        stream = null;
        over = true;
        end.answered(this, stopReason == null ? "end_turn" : stopReason);
    }

    @Override
    public void onRetry(int attempt, Duration delay, ModelFailure cause) {
        LOG.info(
                "session {}: model call failed ({}, status {}), try {} in {} ms",
                session.id(),
                cause.kind(),
                cause.status(),
                attempt,
                delay.toMillis());
    }

    @Override
    public void onFailure(ModelFailure failure) {
        stream = null;
        over = true;
        end.failed(this, failure);
    }

    /** Ends the call; returns whether it was still going on. */
    boolean cancel() {
        ModelStream open = stream;
        boolean waiting = held != null;
        stream = null;
        held = null;
        over = true;
        if (open != null) {
            open.cancel();
        }
        return open != null || waiting;
    }

    /** Whether nothing more is taken from the model. What it is on the way of saying may still come, but no further call begins. */
    void paused(boolean now) {
        ModelStream open = stream;
        if (open != null && now) {
            open.pause();
        } else if (open != null) {
            open.resume();
        } else if (held != null && !now) {
            // Not in the midst of what made room.
            session.loop().execute(this::startHeld);
        }
    }

    /** Adds the call to an account. */
    void charge(Spending account) {
        account.add(model, usage);
    }

    /** What the model has counted. */
    Usage usage() {
        return usage;
    }

    /** See {@link AssistantMessage#text}. */
    String text() {
        return message.text();
    }

    /** See {@link AssistantMessage#toolUses}. */
    List<ToolUse> toolUses() {
        return message.toolUses();
    }

    /** See {@link AssistantMessage#blocks}. */
    List<Block> blocks() {
        return message.blocks();
    }

    /** See {@link AssistantMessage#withoutCalls}. */
    List<Block> withoutCalls() {
        return message.withoutCalls();
    }

    /** See {@link AssistantMessage#textOnly}. */
    List<Block> textOnly() {
        return message.textOnly();
    }

    /** Gives all growing room back. Idempotent; what has been shown stays readable. */
    void discard() {
        message.discard();
    }
}
