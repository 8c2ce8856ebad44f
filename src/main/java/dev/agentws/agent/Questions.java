package dev.agentws.agent;

import dev.agentws.agent.event.SessionEvent.PermissionAnswered;
import dev.agentws.agent.event.SessionEvent.PermissionAsked;
import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.permission.CallFacts;
import dev.agentws.agent.permission.Decision;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.permission.PermissionPolicy;
import dev.agentws.agent.permission.PermissionUpdate;
import dev.agentws.agent.record.StateRecord;
import dev.agentws.agent.record.StoredTurn;
import dev.agentws.agent.tool.ToolPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts the calls of one model message to a person, and takes the answers. Confined to the session's loop. */
final class Questions {
    private final Session session;
    private final PermissionPolicy policy;
    private final List<ToolCall> calls;
    private final Consumer<ToolCall> timedOut;

    /** @param timedOut takes a call that nobody answered for in time */
    Questions(Session session, List<ToolCall> calls, Consumer<ToolCall> timedOut) {
        this.session = session;
        this.policy = session.equipment().policy();
        this.calls = calls;
        this.timedOut = timedOut;
    }

    /** Asks; again with the same words and the same time, if it was asked in an earlier life of the session. */
    void ask(ToolCall call, CallFacts facts, Decision decision) {
        ToolPlan.Ready ready = Objects.requireNonNull(call.plan);
        SessionServices services = session.services();
        StoredTurn.Question before = call.askedBefore;
        long now = services.clock().millis();
        long expiresAtMs = before != null
                ? before.expiresAtMs()
                : now + services.settings().permissionTimeout().toMillis();
        PermissionRequest question = new PermissionRequest(
                before != null ? before.requestId() : services.ids().requestId(),
                call.use.id(),
                call.use.name(),
                call.input,
                ready.description(),
                ready.preview(),
                expiresAtMs,
                decision.reason(),
                policy.suggestions(facts, decision));
        call.askedBefore = null;
        call.state = ToolCall.State.ASKING;
        call.question = question;
        call.expiry = session.loop()
                .schedule(() -> timedOut.accept(call), Math.max(0, expiresAtMs - now), TimeUnit.MILLISECONDS);
        call.askedSeq = session.emit(new PermissionAsked(question));
        session.note(() -> StateRecord.asked(call.use.id(), question.requestId(), question.expiresAtMs()));
    }

    /** Says that the call's question is answered; returns whether there was an open one. */
    boolean settle(ToolCall call, boolean approved, String status) {
        PermissionRequest question = call.question;
        StoredTurn.Question before = call.askedBefore;
        if (before != null) {
            // Asked in an earlier life, and by now there is no need to ask.
            call.askedBefore = null;
            session.emit(new PermissionAnswered(before.requestId(), call.use.name(), approved, status));
        }
        if (call.state != ToolCall.State.ASKING || question == null) {
            return false;
        }
        call.stop();
        session.emit(new PermissionAnswered(question.requestId(), call.use.name(), approved, status));
        return true;
    }

    /** The call that was asked about under that id, or null. */
    @Nullable
    ToolCall find(String requestId) {
        for (ToolCall call : calls) {
            if (call.question != null && call.question.requestId().equals(requestId)) {
                return call;
            }
        }
        return null;
    }

    /** What waits for a person. */
    List<OpenQuestion> open() {
        List<OpenQuestion> open = new ArrayList<>();
        for (ToolCall call : calls) {
            if (call.state == ToolCall.State.ASKING && call.question != null) {
                open.add(new OpenQuestion(call.askedSeq, call.question));
            }
        }
        return open;
    }

    /** What the person wants to hold from now on; a plan that is agreed to ends plan mode. */
    void remember(ToolCall call, PermissionAnswer answer, Runnable reconsider) {
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
            reconsider.run();
        }
    }

    private void apply(PermissionUpdate update) {
        policy.apply(update);
        session.note(() -> StateRecord.rules(update));
    }

    /** What the model is told of a refusal. */
    static String refusal(String tool, String reason) {
        String said = reason.isBlank() ? "" : " The user said: " + reason.strip();
        return "The user refused this use of " + tool + "; nothing was done." + said;
    }
}
