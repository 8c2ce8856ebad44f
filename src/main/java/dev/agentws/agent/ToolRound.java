package dev.agentws.agent;

import dev.agentws.agent.AssistantMessage.ToolUse;
import dev.agentws.agent.CallLook.Looked;
import dev.agentws.agent.event.SessionEvent.PermissionAnswered;
import dev.agentws.agent.event.SessionEvent.PermissionAsked;
import dev.agentws.agent.event.SessionEvent.PermissionDenied;
import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.event.SessionEvent.ToolFinished;
import dev.agentws.agent.event.SessionEvent.ToolPrinted;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.permission.CallFacts;
import dev.agentws.agent.permission.Decision;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.permission.PermissionPolicy;
import dev.agentws.agent.permission.PermissionUpdate;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.tool.ToolOutput;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.agent.tool.Toolbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tool calls of one model message. Each is looked at on a worker, permitted or asked about, and run: calls that only look run side
 * by side, the others one after the other in the model's order. Confined to the session's loop; workers come back through it.
 */
final class ToolRound {
    private static final Logger LOG = LoggerFactory.getLogger(ToolRound.class);
    private static final int MAX_SIDE_BY_SIDE = 10;

    private final Session session;
    private final SessionServices services;
    private final PermissionPolicy policy;
    private final Consumer<List<Block>> done;
    private final List<ToolCall> calls = new ArrayList<>();
    private boolean over;

    /** @param done takes the results, in the order of the calls, once all are there; not called after {@link #cancel} */
    ToolRound(Session session, List<ToolUse> uses, Toolbox toolbox, Consumer<List<Block>> done) {
        this.session = session;
        this.services = session.services();
        this.policy = session.equipment().policy();
        this.done = done;
        for (ToolUse use : uses) {
            calls.add(new ToolCall(use, toolbox.find(use.name())));
        }
    }

    void start() {
        List<ToolCall> plannable = new ArrayList<>();
        for (ToolCall call : calls) {
            if (call.use.broken()) {
                finish(
                        call,
                        ToolResult.invalid(
                                "The input of " + call.use.name() + " is not a JSON object; send it again."));
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
            ask(call, facts, decision);
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

    private void ask(ToolCall call, CallFacts facts, Decision decision) {
        ToolPlan.Ready ready = Objects.requireNonNull(call.plan);
        long wait = services.settings().permissionTimeout().toMillis();
        PermissionRequest question = new PermissionRequest(
                services.ids().requestId(),
                call.use.id(),
                call.use.name(),
                call.input,
                ready.description(),
                ready.preview(),
                services.clock().millis() + wait,
                decision.reason(),
                policy.suggestions(facts, decision));
        call.state = ToolCall.State.ASKING;
        call.question = question;
        call.expiry = session.loop().schedule(() -> expire(call), wait, TimeUnit.MILLISECONDS);
        session.emit(new PermissionAsked(question));
        session.note(() -> StateRecord.asked(call.use.id(), question.requestId(), question.expiresAtMs()));
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
        ToolCall call = asked(answer.requestId());
        if (call == null || !settle(call, answer.approved(), answer.approved() ? "executing" : "denied")) {
            return false;
        }
        if (!answer.approved()) {
            finish(call, ToolResult.error(refusal(call.use.name(), answer.reason())));
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
            remember(call, answer);
        }
        advance();
        return true;
    }

    /** What the person wants to hold from now on; a plan that is agreed to ends plan mode. */
    private void remember(ToolCall call, PermissionAnswer answer) {
        PermissionMode before = policy.mode();
        List<PermissionUpdate> offered = Objects.requireNonNull(call.question).suggestions();
        if (answer.rememberFirst() && !offered.isEmpty()) {
            apply(offered.get(0));
        }
        answer.updates().forEach(this::apply);
        if (call.use.name().equals(Equipment.PLAN_EXIT) && policy.mode() == PermissionMode.PLAN) {
            policy.setMode(PermissionMode.DEFAULT);
            session.note(() -> StateRecord.mode(PermissionMode.DEFAULT.wireName()));
        }
        if (policy.mode() != before) {
            session.changed();
        } else if (answer.rememberFirst() || !answer.updates().isEmpty()) {
            reconsider();
        }
    }

    private void apply(PermissionUpdate update) {
        policy.apply(update);
        session.note(() -> StateRecord.rules(update));
    }

    private static String refusal(String tool, String reason) {
        String said = reason.isBlank() ? "" : " The user said: " + reason.strip();
        return "The user refused this use of " + tool + "; nothing was done." + said;
    }

    private @Nullable ToolCall asked(String requestId) {
        for (ToolCall call : calls) {
            if (call.question != null && call.question.requestId().equals(requestId)) {
                return call;
            }
        }
        return null;
    }

    private boolean settle(ToolCall call, boolean approved, String status) {
        PermissionRequest question = call.question;
        if (over || call.state != ToolCall.State.ASKING || question == null) {
            return false;
        }
        call.stop();
        session.emit(new PermissionAnswered(question.requestId(), call.use.name(), approved, status));
        return true;
    }

    /** The questions that wait for a person. */
    List<PermissionRequest> open() {
        List<PermissionRequest> open = new ArrayList<>();
        for (ToolCall call : calls) {
            if (call.state == ToolCall.State.ASKING && call.question != null) {
                open.add(call.question);
            }
        }
        return open;
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
            session.whenSafe(() -> begin(call, plan, gate));
        }
    }

    private void begin(ToolCall call, ToolPlan.Ready plan, OutputGate gate) {
        if (over || call.state != ToolCall.State.RUNNING) {
            return;
        }
        onWorker(List.of(call), () -> {
            ToolResult result = attempt(call.use.name(), plan.body(), gate);
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
        call.result = result;
        call.job = null;
        session.emit(new ToolFinished(call.use.id(), call.use.name(), result, tookMs));
        session.note(() -> StateRecord.done(call.use.id(), ContentReader.toolResult(call.use.id(), result)));
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
    List<Block> cancel() {
        for (ToolCall call : calls) {
            PermissionRequest question = call.question;
            if (call.state == ToolCall.State.ASKING && question != null) {
                session.emit(new PermissionAnswered(question.requestId(), call.use.name(), false, "cancelled"));
            }
            if (call.state != ToolCall.State.DONE) {
                call.stop();
                end(call, ToolResult.error("Interrupted by the user before it was finished."));
            }
        }
        over = true;
        return results();
    }

    private List<Block> results() {
        Function<ToolCall, Block> block =
                call -> ContentReader.toolResult(call.use.id(), Objects.requireNonNull(call.result));
        return calls.stream().map(block).toList();
    }
}
