package dev.agentws.agent;

import dev.agentws.agent.AssistantMessage.ToolUse;
import dev.agentws.agent.event.SessionEvent.Failed;
import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.event.SessionEvent.TurnFault;
import dev.agentws.agent.event.SessionEvent.TurnResult;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.DeltaKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelStream;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.options.ContentReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One prompt and all that it sets off: model calls and tool rounds by turns, until the model has nothing left to do, something fails,
 * a limit is reached or somebody interrupts. Ends with exactly one result. Confined to the session's loop.
 */
final class Turn implements ModelListener {
    private static final Logger LOG = LoggerFactory.getLogger(Turn.class);
    /** How often a turn goes on by itself after {@code pause_turn}; the API's guide suggests 5. */
    private static final int MAX_CONTINUATIONS = 5;

    private final Session session;
    private final SessionServices services;
    private final Transcript transcript;
    private final Prompt prompt;
    private final OpenMessage shown;
    private final Spending spending;
    private final int mark;
    private final long startedNanos;

    private State state = State.CALLING;
    private AssistantMessage message;
    private @Nullable ModelStream stream;
    private @Nullable ToolRound round;
    private String model;
    private Usage callUsage = Usage.NONE;
    private @Nullable String stopReason;
    private @Nullable Long ttftMs;
    private int toolRounds;
    private int continuations;
    private boolean nudged;

    private enum State {
        /** The model is asked, or answers. */
        CALLING,
        /** Tools are asked about or run. */
        TOOLS,
        OVER
    }

    Turn(Session session, Prompt prompt) {
        this.session = session;
        this.services = session.services();
        this.transcript = session.transcript();
        this.prompt = prompt;
        this.shown = new OpenMessage(session, session.options().partialMessages());
        this.spending = new Spending(services.settings().prices());
        this.mark = transcript.settle();
        this.startedNanos = services.nanoTime().getAsLong();
        this.message = new AssistantMessage(services.allocator());
        this.model = session.model();
    }

    void start() {
        transcript.add(Message.Role.USER, prompt.content());
        shown.thinking(true);
        goOn();
    }

    private void call() {
        state = State.CALLING;
        callUsage = Usage.NONE;
        stopReason = null;
        message = new AssistantMessage(services.allocator());
        shown.nextCall();
        try {
            ModelStream begun = services.models().stream(session.request(), this, session.loop());
            stream = begun;
            if (session.paused()) {
                begun.pause();
            }
        } catch (RuntimeException e) {
            defect("model call could not be started", e);
        }
    }

    @Override
    public void onStart(String messageId, String startedModel, Usage usage) {
        model = startedModel.isEmpty() ? session.model() : startedModel;
        callUsage = usage;
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
        if (block == null || state != State.CALLING) {
            return;
        }
        block.append(kind, bytes, offset, length);
        if (kind == DeltaKind.TEXT && length > 0) {
            firstPiece();
            shown.said(block.text(), bytes, offset, length);
        } else if (kind == DeltaKind.THINKING && length > 0) {
            firstPiece();
            shown.thought(block.text(), bytes, offset, length);
        }
    }

    private void firstPiece() {
        if (ttftMs == null) {
            ttftMs = elapsedMs();
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
    public void onStop(@Nullable String reason, @Nullable String sequence, Usage usage, byte @Nullable [] details) {
        stopReason = reason;
        callUsage = usage;
    }

    @Override
    public void onComplete() {
        stream = null;
        spending.add(model, callUsage);
        try {
            next(stopReason == null ? "end_turn" : stopReason);
        } catch (RuntimeException e) {
            defect("the end of a model call could not be handled", e);
        }
    }

    private void next(String reason) {
        switch (reason) {
            case "tool_use":
                useTools();
                break;
            case "pause_turn":
                transcript.add(Message.Role.ASSISTANT, message.blocks());
                if (++continuations <= MAX_CONTINUATIONS) {
                    goOn();
                } else {
                    finish(reason, false, null);
                }
                break;
            case "refusal":
                // The API goes on refusing while the refused exchange stands in the conversation.
                transcript.cutTo(mark);
                finish(reason, false, null);
                break;
            case "max_tokens":
            case "model_context_window_exceeded":
                shown.notRun(
                        message.toolUses(), "The answer was cut before this call was complete, so it was not run.");
                transcript.add(Message.Role.ASSISTANT, message.withoutCalls());
                finish(reason, false, null);
                break;
            default:
                endOrNudge(reason);
        }
    }

    /** Models sometimes answer tool results with nothing at all; asked once more in a new message they go on. */
    private void endOrNudge(String reason) {
        List<Block> blocks = message.withoutCalls();
        transcript.add(Message.Role.ASSISTANT, blocks);
        if (blocks.isEmpty() && toolRounds > 0 && !nudged && reason.equals("end_turn")) {
            nudged = true;
            transcript.add(Message.Role.USER, List.of(ContentReader.text("Please continue.")));
            goOn();
        } else {
            finish(reason, false, null);
        }
    }

    private void useTools() {
        List<ToolUse> uses = message.toolUses();
        if (uses.isEmpty()) {
            endOrNudge("end_turn");
            return;
        }
        for (ToolUse use : uses) {
            if (use.broken()) {
                shown.used(use);
            }
        }
        shown.close();
        shown.thinking(false);
        transcript.add(Message.Role.ASSISTANT, message.blocks());
        state = State.TOOLS;
        ToolRound next = new ToolRound(session, List.copyOf(uses), session.toolbox(), this::toolsDone);
        round = next;
        next.start();
    }

    private void toolsDone(List<Block> results) {
        round = null;
        transcript.add(Message.Role.USER, results);
        toolRounds++;
        Integer most = session.options().maxTurns();
        if (most != null && toolRounds >= most) {
            finish("max_turns", true, "max_turns: " + most + " rounds of tool use are over");
        } else {
            goOn();
        }
    }

    Spending spending() {
        return spending;
    }

    private void goOn() {
        String spent = Budget.spent(session.options().maxBudgetUsd(), session.spendingWith(spending));
        if (spent != null) {
            finish("max_budget_usd", true, spent);
        } else {
            call();
        }
    }

    @Override
    public void onRetry(int attempt, Duration delay, ModelFailure cause) {
        LOG.info(
                "session {}: model call failed ({}), try {} in {} ms",
                session.id(),
                cause.message(),
                attempt,
                delay.toMillis());
    }

    @Override
    public void onFailure(ModelFailure failure) {
        stream = null;
        spending.add(model, callUsage);
        switch (failure.kind()) {
            case INVALID_REQUEST:
            case CONTEXT_OVERFLOW:
            case TOO_LARGE:
                // The same conversation would be refused again: the next prompt starts from where this one did.
                transcript.cutTo(mark);
                break;
            default:
                transcript.add(Message.Role.ASSISTANT, message.textOnly());
        }
        shown.notRun(message.toolUses(), "The model's answer broke off, so this call was not run.");
        fail(new TurnFault(
                TurnFault.Cause.UPSTREAM, failure.message(), failure.kind().retryable(), failure));
    }

    private void defect(String what, RuntimeException e) {
        LOG.error("session {}: {}", session.id(), what, e);
        ModelStream open = stream;
        if (open != null) {
            open.cancel();
        }
        transcript.cutTo(mark);
        fail(new TurnFault(TurnFault.Cause.INTERNAL, "Internal error: " + what, false, null));
    }

    private void fail(TurnFault fault) {
        if (state == State.OVER) {
            return;
        }
        shown.close();
        shown.stopThinking();
        session.emit(new Failed(fault));
        end("error", true, fault.message());
    }

    /** Stops whatever is going on. The turn's result says {@code interrupted}. */
    void interrupt() {
        if (state == State.OVER) {
            return;
        }
        ModelStream open = stream;
        if (open != null) {
            open.cancel();
            stream = null;
            spending.add(model, callUsage);
            transcript.add(Message.Role.ASSISTANT, message.textOnly());
            shown.notRun(message.toolUses(), "Interrupted by the user before it was run.");
        }
        ToolRound running = round;
        if (running != null) {
            transcript.add(Message.Role.USER, running.cancel());
            round = null;
        }
        shown.close();
        shown.thinking(false);
        end("interrupted", true, null);
    }

    private void finish(String reason, boolean isError, @Nullable String error) {
        shown.thinking(false);
        shown.closeLast();
        end(reason, isError, error);
    }

    private void end(String reason, boolean isError, @Nullable String error) {
        state = State.OVER;
        message.discard();
        shown.endServerCalls();
        Spending total = session.spendingWith(spending);
        session.turnOver(
                new TurnResult(
                        prompt.promptId(),
                        reason,
                        isError,
                        error,
                        spending.calls(),
                        elapsedMs(),
                        ttftMs,
                        spending.costUsd(),
                        total.costUsd(),
                        spending.usage()),
                total);
    }

    private long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(services.nanoTime().getAsLong() - startedNanos);
    }

    /** Passes a person's answer on; see {@link ToolRound#answer}. */
    boolean answer(String requestId, boolean approved, String reason, byte @Nullable [] input, boolean remember) {
        ToolRound running = round;
        return running != null && running.answer(requestId, approved, reason, input, remember);
    }

    /** The questions that wait for a person. */
    List<PermissionRequest> openQuestions() {
        ToolRound running = round;
        return running == null ? List.of() : running.open();
    }

    /** The driver does not read: nothing more is taken from the model. */
    void pause() {
        ModelStream open = stream;
        if (open != null) {
            open.pause();
        }
    }

    /** The driver reads again. */
    void resume() {
        ModelStream open = stream;
        if (open != null) {
            open.resume();
        }
        ToolRound running = round;
        if (running != null) {
            running.resume();
        }
    }
}
