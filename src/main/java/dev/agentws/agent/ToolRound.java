package dev.agentws.agent;

import dev.agentws.agent.CallLook.Looked;
import dev.agentws.agent.event.SessionEvent.PermissionDenied;
import dev.agentws.agent.event.SessionEvent.ToolFinished;
import dev.agentws.agent.event.SessionEvent.ToolPrinted;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.permission.CallFacts;
import dev.agentws.agent.permission.Decision;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.permission.PermissionPolicy;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.record.StoredTurn;
import dev.agentws.agent.tool.ToolOutput;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.Toolbox;
import dev.agentws.agent.transcript.AssistantMessage.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tool calls of one model message. Each is looked at on a worker, permitted or asked about, and run: calls that only look run side
 * by side, the others one after the other in the model's order. Confined to the session's loop; workers come back through it.
 */
final class ToolRound {
    private static final Logger LOG = LoggerFactory.getLogger(ToolRound.class);
    private static final int MAX_SIDE_BY_SIDE = 10;
    private static final String NOT_OURS =
            "Not run, because the server could not tell just then whether the session was still its own.";

    private final Session session;
    private final SessionServices services;
    private final PermissionPolicy policy;
    private final Consumer<List<Block>> done;
    private final List<ToolCall> calls = new ArrayList<>();
    private final Questions questions;
    private boolean over;

    /** @param done takes the results, in the order of the calls, once all are there; not called after {@link #cancel} */
    ToolRound(Session session, List<ToolUse> uses, Toolbox toolbox, Consumer<List<Block>> done) {
        this.session = session;
        this.services = session.services();
        this.policy = session.equipment().policy();
        this.done = done;
        this.questions = new Questions(session, calls, this::expire);
        for (ToolUse use : uses) {
            calls.add(new ToolCall(use, toolbox.find(use.name())));
        }
    }

    /** Goes on with what an earlier life of the session left: what is done stays done, and what was agreed to is not asked about again. */
    void goOn(StoredTurn stored) {
        for (ToolCall call : calls) {
            String id = call.use.id();
            call.askedBefore = stored.questions().get(id);
            byte[] agreed = stored.agreed().get(id);
            if (agreed != null) {
                call.input = agreed;
                call.approved = true;
            }
            Block result = stored.results().get(id);
            if (result != null) {
                call.result = result;
                call.state = ToolCall.State.DONE;
            }
        }
        start();
    }

    void start() {
        List<ToolCall> plannable = new ArrayList<>();
        for (ToolCall call : calls) {
            if (call.state == ToolCall.State.DONE) {
                continue;
            }
            String fault = call.use.fault();
            if (fault != null) {
                finish(call, ToolResult.invalid("The input of " + call.use.name() + " " + fault + "."));
            } else if (call.tool == null) {
                finish(call, ToolResult.invalid("No such tool available: " + call.use.name()));
            } else {
                plannable.add(call);
            }
        }
        plan(plannable, false);
        advance();
    }

    /** Has the calls looked at by a worker, all of them in one go. */
    private void plan(List<ToolCall> some, boolean last) {
        if (some.isEmpty()) {
            return;
        }
        some.forEach(call -> call.state = ToolCall.State.PLANNING);
        CallLook look =
                new CallLook(session.id(), services.settings().permissions().hooks(), policy.around());
        onWorker(some, () -> {
            List<Looked> seen = some.stream().map(look::look).toList();
            session.execute(() -> {
                for (int i = 0; i < seen.size(); i++) {
                    planned(some.get(i), seen.get(i), last);
                }
                advance();
            });
        });
    }

    private void planned(ToolCall call, Looked looked, boolean last) {
        if (over || call.state != ToolCall.State.PLANNING) {
            return;
        }
        call.job = null;
        if (looked.plan() instanceof ToolPlan.Refused refused) {
            // A call such as Edit may only become possible through a call before it in the same message, such as Read.
            if (last || calls.indexOf(call) == 0) {
                finish(call, refused.result());
            } else {
                call.state = ToolCall.State.BLOCKED;
            }
            return;
        }
        call.plan = (ToolPlan.Ready) looked.plan();
        call.facts = looked.facts();
        call.hook = looked.hook();
        byte[] changed = looked.input();
        call.input = changed == null ? call.input : changed;
        if (call.use.name().equals(Equipment.PLAN_EXIT) && policy.mode() != PermissionMode.PLAN) {
            finish(call, ToolResult.error("The session is not in plan mode, so there is nothing to leave. Go on."));
            return;
        }
        decide(call);
    }

    /** @return whether the call goes on without a person */
    private boolean decide(ToolCall call) {
        CallFacts facts = Objects.requireNonNull(call.facts);
        Decision decision = call.approved ? policy.denied(facts, call.hook) : policy.decide(facts, call.hook);
        if (decision == null || decision.verdict() == Decision.Verdict.ALLOW) {
            settle(call, true, "executing");
            call.state = ToolCall.State.READY;
        } else if (decision.verdict() == Decision.Verdict.DENY) {
            settle(call, false, "denied");
            session.emit(new PermissionDenied(call.use.id(), call.use.name(), decision.cause(), decision.reason()));
            finish(call, ToolResult.error(decision.reason()));
        } else if (call.state != ToolCall.State.ASKING) {
            questions.ask(call, facts, decision);
        }
        return call.state != ToolCall.State.ASKING;
    }

    /** What the session allows has changed: open questions may have become needless. */
    void reconsider() {
        boolean some = false;
        for (ToolCall call : calls) {
            some |= call.state == ToolCall.State.ASKING && decide(call);
        }
        if (some) {
            advance();
        }
    }

    private void expire(ToolCall call) {
        if (settle(call, false, "timeout")) {
            finish(
                    call,
                    ToolResult.error("Nobody answered the question whether " + call.use.name()
                            + " may be used, so it was not used. Go on without it, or ask the user."));
            advance();
        }
    }

    /**
     * A person answers.
     *
     * @return whether there was such an open question
     */
    boolean answer(PermissionAnswer answer) {
        ToolCall call = questions.find(answer.requestId());
        if (call == null || !settle(call, answer.approved(), answer.approved() ? "executing" : "denied")) {
            return false;
        }
        if (!answer.approved()) {
            finish(call, ToolResult.error(Questions.refusal(call.use.name(), answer.reason())));
            if (answer.interrupt()) {
                session.interrupt();
                return true;
            }
        } else {
            call.approved = true;
            call.state = ToolCall.State.READY;
            byte[] input = answer.input();
            if (input != null) {
                call.input = input;
                plan(List.of(call), true);
            }
            session.note(() -> StateRecord.agreed(call.use.id(), call.input));
            questions.remember(call, answer, this::reconsider);
        }
        advance();
        return true;
    }

    private boolean settle(ToolCall call, boolean approved, String status) {
        return !over && questions.settle(call, approved, status);
    }

    /** The questions that wait for a person. */
    List<OpenQuestion> open() {
        return questions.open();
    }

    /** Whether nothing is at work: all that is not done waits for a person. */
    boolean waitsForPeople() {
        return calls.stream().allMatch(call -> call.state != ToolCall.State.RUNNING);
    }

    /** Starts what may start now; when all is done, hands on the results. */
    private void advance() {
        boolean allBeforeDone = true;
        boolean writerBefore = false;
        int running = 0;
        for (ToolCall call : calls) {
            if (over) {
                return;
            }
            if (call.state == ToolCall.State.BLOCKED && allBeforeDone) {
                plan(List.of(call), true);
            }
            boolean free = call.concurrent() ? !writerBefore && running < MAX_SIDE_BY_SIDE : allBeforeDone;
            if (call.state == ToolCall.State.READY && free) {
                run(call);
            }
            if (call.state != ToolCall.State.DONE) {
                allBeforeDone = false;
                writerBefore |= !call.concurrent();
                running++;
            }
        }
        if (allBeforeDone && !over) {
            over = true;
            done.accept(results());
        }
    }

    private void run(ToolCall call) {
        ToolPlan.Ready plan = Objects.requireNonNull(call.plan);
        OutputGate gate = new OutputGate(session, (stream, text) -> {
            if (call.state == ToolCall.State.RUNNING) {
                session.emit(new ToolPrinted(call.use.id(), stream, text));
            }
        });
        call.state = ToolCall.State.RUNNING;
        call.output = gate;
        call.startedNanos = services.nanoTime().getAsLong();
        if (call.concurrent()) {
            begin(call, plan, gate);
        } else {
            // Written first, so that a call that may have changed something is never run a second time after a crash.
            session.note(() -> StateRecord.run(call.use.id()));
            session.story().whenSafe(() -> begin(call, plan, gate));
        }
    }

    private void begin(ToolCall call, ToolPlan.Ready plan, OutputGate gate) {
        if (over || call.state != ToolCall.State.RUNNING) {
            return;
        }
        ToolPlan.Body body = plan.body().hiding(policy.hidden());
        onWorker(List.of(call), () -> {
            // Looked at here once more, because it may have waited for a worker.
            boolean runs = call.concurrent() || services.records().ownership().holds(session.id());
            ToolResult result = runs ? attempt(call.use.name(), body, gate) : ToolResult.error(NOT_OURS);
            session.execute(() -> {
                finish(call, result);
                advance();
            });
        });
    }

    private static ToolResult attempt(String tool, ToolPlan.Body body, ToolOutput output) {
        try {
            return body.run(output);
        } catch (InterruptedException e) {
            return ToolResult.error("Interrupted.");
        } catch (RuntimeException | Error e) {
            LOG.warn("tool {}: failed", tool, e);
            return ToolResult.error(tool + " failed: " + e);
        }
    }

    private void onWorker(List<ToolCall> some, Runnable task) {
        try {
            java.util.concurrent.Future<?> job = services.workers().submit(task);
            some.forEach(call -> call.job = job);
        } catch (RejectedExecutionException e) {
            for (ToolCall call : some) {
                finish(call, ToolResult.error("The server is running too many tools just now; try again in a moment."));
            }
        }
    }

    private void finish(ToolCall call, ToolResult result) {
        if (over || call.state == ToolCall.State.DONE) {
            return;
        }
        end(call, result);
    }

    private void end(ToolCall call, ToolResult result) {
        long started = call.state == ToolCall.State.RUNNING
                ? call.startedNanos
                : services.nanoTime().getAsLong();
        long tookMs = TimeUnit.NANOSECONDS.toMillis(services.nanoTime().getAsLong() - started);
        call.state = ToolCall.State.DONE;
        Block block = ContentReader.toolResult(call.use.id(), result);
        call.result = block;
        call.job = null;
        session.emit(new ToolFinished(call.use.id(), call.use.name(), result, tookMs));
        session.note(() -> StateRecord.done(call.use.id(), block));
    }

    /** The client reads again: lets waiting workers go on. */
    void resume() {
        for (ToolCall call : calls) {
            if (call.output != null) {
                call.output.open();
            }
        }
    }

    /**
     * Stops everything that waits or runs; each open call is answered with an error.
     *
     * @return all results, so that the transcript stays one that the API accepts
     */
    List<Block> cancel(Stop why) {
        for (ToolCall call : calls) {
            settle(call, false, "cancelled");
            if (call.state != ToolCall.State.DONE) {
                call.stop();
                end(call, ToolResult.error(why.notFinished()));
            }
        }
        over = true;
        return results();
    }

    /** Lets go of everything without a word: another life of the session goes on with it. */
    void freeze() {
        over = true;
        calls.forEach(ToolCall::stop);
    }

    private List<Block> results() {
        return calls.stream().map(call -> Objects.requireNonNull(call.result)).toList();
    }
}
