package dev.agentws.agent;

import dev.agentws.agent.cost.Spending;
import dev.agentws.agent.event.SessionEvent.Failed;
import dev.agentws.agent.event.SessionEvent.TurnFault;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.options.OutputFormat;
import dev.agentws.agent.record.StoredTurn;
import dev.agentws.agent.transcript.AssistantMessage;
import dev.agentws.agent.transcript.AssistantMessage.ToolUse;
import dev.agentws.agent.transcript.Notices;
import dev.agentws.agent.transcript.SummaryRequest;
import dev.agentws.agent.transcript.Transcript;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One prompt and all that it sets off: model calls and tool rounds by turns, until the model has nothing left to do, something fails,
 * a limit is reached or somebody interrupts. Ends with exactly one result. Confined to the session's loop.
 */
final class Turn implements ModelAnswer.End, StructuredAnswer.End {
    private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

    private final Session session;
    private final Transcript transcript;
    private final Prompt prompt;
    private final OpenMessage shown;
    private final Spending spending;
    private final PromptEntry entry;
    private final Compactor compactor;
    private final CompactionPlan compaction;
    private final TurnLimits limits;
    private final TurnReport report;
    private final @Nullable StructuredAnswer structured;

    private @Nullable ModelAnswer answer;
    private @Nullable ToolRound round;
    private byte @Nullable [] output;
    private boolean over;

    /** @param spending what has been spent on it already */
    Turn(Session session, Prompt prompt, Spending spending) {
        this.session = session;
        this.transcript = session.transcript();
        this.prompt = prompt;
        this.shown = new OpenMessage(session, session.options().partialMessages());
        this.spending = spending;
        this.compaction = session.conversation().compaction();
        this.compactor = new Compactor(session, transcript, spending);
        transcript.settle();
        this.entry = new PromptEntry(session, compactor, prompt.content());
        OutputFormat format = session.options().outputFormat();
        this.structured = format == null ? null : new StructuredAnswer(session, format, this);
        this.limits = new TurnLimits(session, spending);
        this.report = new TurnReport(session, prompt.promptId(), spending);
    }

    void start() {
        shown.thinking(true);
        String instructions = SummaryRequest.command(prompt.content());
        if (instructions != null) {
            compactAsAsked(instructions);
        } else {
            entry.begin(this::goOn);
        }
    }

    /** Takes up what an earlier life of the session left in the midst of tool calls. */
    void goOn(StoredTurn stored) {
        entry.entered(stored.promptAt());
        limits.goOnAfter(stored.rounds());
        use(AssistantMessage.toolUses(transcript.last())).goOn(stored);
    }

    /** {@code /compact}: a turn of its own, which adds nothing to the conversation. */
    private void compactAsAsked(String instructions) {
        compactor.runAsAsked(instructions, fault -> {
            if (fault == null) {
                finish("end_turn", false, null);
            } else {
                fail(fault);
            }
        });
    }

    private void call() {
        ModelAnswer before = answer;
        if (before != null) {
            before.discard();
        }
        ModelAnswer next = new ModelAnswer(session, shown, this);
        answer = next;
        try {
            next.start(compaction.asking(session.request()));
        } catch (RuntimeException e) {
            defect("model call could not be started", e);
        }
    }

    @Override
    public void begun() {
        report.begun();
    }

    @Override
    public void answered(ModelAnswer whole, String reason) {
        whole.charge(spending);
        session.note(spending::record);
        transcript.counted(whole.usage());
        compactor.answerCame();
        compaction.answered();
        try {
            next(whole, reason);
        } catch (RuntimeException e) {
            defect("the end of a model call could not be handled", e);
        }
    }

    private void next(ModelAnswer message, String reason) {
        switch (reason) {
            case "tool_use" -> useTools(message);
            case "pause_turn", "compaction" -> {
                transcript.add(Message.Role.ASSISTANT, message.blocks());
                if (limits.continuesOnceMore()) {
                    goOn();
                } else {
                    finish(reason, false, null);
                }
            }
            case "refusal" -> {
                // The API goes on refusing while the refused exchange stands in the conversation.
                entry.takeBack();
                finish(reason, false, null);
            }
            case "max_tokens" -> {
                cut(message);
                finish(reason, false, null);
            }
            case "model_context_window_exceeded" -> {
                cut(message);
                goOnAfterFullWindow(reason);
            }
            default -> endOrNudge(message, reason);
        }
    }

    private void goOnAfterFullWindow(String reason) {
        boolean more = limits.usedTools() || entry.hasHistory();
        boolean tried = more
                && entry.mendOverflow(true, this::call, fault -> {
                    session.emit(new Failed(fault));
                    finish(reason, false, null);
                });
        if (!tried) {
            finish(reason, false, null);
        }
    }

    private void cut(ModelAnswer message) {
        shown.notRun(message.toolUses(), "The answer was cut before this call was complete, so it was not run.");
        transcript.add(Message.Role.ASSISTANT, message.withoutCalls());
    }

    /** Models sometimes answer tool results with nothing at all; asked once more in a new message they go on. */
    private void endOrNudge(ModelAnswer message, String reason) {
        List<Block> blocks = message.withoutCalls();
        if (!blocks.isEmpty()) {
            shown.thinking(false);
            shown.close();
        }
        transcript.add(Message.Role.ASSISTANT, blocks);
        if (blocks.isEmpty() && reason.equals("end_turn") && limits.nudgesOnce()) {
            mend("Please continue.");
        } else if (structured != null) {
            shown.close();
            structured.check(message.text());
        } else {
            finish(reason, false, null);
        }
    }

    @Override
    public void mend(String words) {
        transcript.add(Message.Role.USER, List.of(ContentReader.text(words)));
        goOn();
    }

    @Override
    public void fits(byte[] json) {
        output = json;
        finish("end_turn", false, null);
    }

    @Override
    public void givenUp(String why) {
        finish("max_structured_output_retries", true, why);
    }

    private void useTools(ModelAnswer message) {
        List<ToolUse> uses = message.toolUses();
        if (uses.isEmpty()) {
            endOrNudge(message, "end_turn");
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
        use(uses).start();
    }

    private ToolRound use(List<ToolUse> uses) {
        ToolRound next =
                new ToolRound(session, List.copyOf(uses), session.equipment().toolbox(), this::toolsDone);
        round = next;
        return next;
    }

    private void toolsDone(List<Block> results) {
        round = null;
        transcript.add(
                Message.Role.USER, Notices.after(results, session.equipment().toolbox()));
        String roundsOver = limits.roundOver();
        if (roundsOver != null) {
            finish("max_turns", true, roundsOver);
        } else if (compactor.due(0) && limits.spent() == null) {
            entry.shortenAtWork(Compactor.Trigger.AUTO, this::call, fault -> {
                session.emit(new Failed(fault));
                goOn();
            });
        } else {
            goOn();
        }
    }

    Spending spending() {
        return spending;
    }

    @Nullable
    String promptId() {
        return prompt.promptId();
    }

    private void goOn() {
        String spent = limits.spent();
        if (spent != null) {
            finish("max_budget_usd", true, spent);
        } else {
            call();
        }
    }

    @Override
    public void failed(ModelAnswer message, ModelFailure failure) {
        message.charge(spending);
        session.note(spending::record);
        boolean mending = failure.kind() == ModelFailure.Kind.CONTEXT_OVERFLOW
                && entry.mendOverflow(limits.usedTools(), this::call, fault -> endAfter(failure, fault));
        if (!mending && compaction.triesWithout(failure)) {
            goOn();
        } else if (!mending) {
            endAfter(message, failure);
        }
    }

    private void endAfter(ModelFailure failure, TurnFault noSummary) {
        entry.takeBack();
        fail(new TurnFault(TurnFault.Cause.UPSTREAM, failure.message() + "; " + noSummary.message(), false, failure));
    }

    private void endAfter(ModelAnswer message, ModelFailure failure) {
        switch (failure.kind()) {
            // The same conversation would be refused again: the next prompt starts from where this one did.
            case INVALID_REQUEST, CONTEXT_OVERFLOW, TOO_LARGE -> entry.takeBack();
            default -> transcript.add(Message.Role.ASSISTANT, message.textOnly());
        }
        shown.notRun(message.toolUses(), "The model's answer broke off, so this call was not run.");
        fail(new TurnFault(
                TurnFault.Cause.UPSTREAM, failure.message(), failure.kind().retryable(), failure));
    }

    private void defect(String what, RuntimeException e) {
        LOG.error("session {}: {}", session.id(), what, e);
        ModelAnswer open = answer;
        if (open != null) {
            open.cancel();
        }
        compactor.cancel();
        entry.takeBack();
        fail(new TurnFault(TurnFault.Cause.INTERNAL, "Internal error: " + what, false, null));
    }

    @Override
    public void fail(TurnFault fault) {
        if (over) {
            return;
        }
        shown.close();
        shown.stopThinking();
        session.emit(new Failed(fault));
        end("error", true, fault.message());
    }

    /** The process ends: a turn that only waits for people goes on in the next, any other is over. */
    void suspend() {
        ToolRound open = round;
        if (open != null && open.waitsForPeople()) {
            over = true;
            open.freeze();
        } else {
            stop(Stop.RESTARTED);
        }
    }

    /** Stops whatever is going on. */
    void stop(Stop why) {
        if (over) {
            return;
        }
        ModelAnswer open = answer;
        if (open != null && open.cancel()) {
            open.charge(spending);
            transcript.add(Message.Role.ASSISTANT, open.textOnly());
            shown.notRun(open.toolUses(), why.notRun());
        }
        if (compactor.cancel()) {
            entry.add();
        }
        session.note(spending::record);
        ToolRound running = round;
        if (running != null) {
            transcript.add(Message.Role.USER, running.cancel(why));
            round = null;
        }
        shown.close();
        shown.thinking(false);
        end(why.reason(), true, why.error());
    }

    private void finish(String reason, boolean isError, @Nullable String error) {
        shown.thinking(false);
        shown.closeLast();
        end(reason, isError, error);
    }

    private void end(String reason, boolean isError, @Nullable String error) {
        over = true;
        if (structured != null) {
            structured.cancel();
        }
        ModelAnswer last = answer;
        if (last != null) {
            last.discard();
        }
        shown.endServerCalls();
        session.turnOver(report.result(reason, isError, error, output), session.spendingWith(spending));
    }

    /** The calls that are asked about or run just now, or null. */
    @Nullable
    ToolRound round() {
        return round;
    }

    /** Whether it has to wait, for its driver or for the disk. */
    void paused(boolean now) {
        ModelAnswer open = answer;
        if (open != null) {
            open.paused(now);
        }
        compactor.paused(now);
        ToolRound running = round;
        if (running != null && !now) {
            running.resume();
        }
    }
}
