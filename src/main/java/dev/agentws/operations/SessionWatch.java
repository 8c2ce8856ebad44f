package dev.agentws.operations;

import dev.agentws.agent.event.EventWatcher;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionEvent.PermissionAnswered;
import dev.agentws.agent.event.SessionEvent.PermissionAsked;
import dev.agentws.agent.event.SessionEvent.Thinking;
import dev.agentws.agent.event.SessionEvent.ToolFinished;
import dev.agentws.agent.event.SessionEvent.ToolUsed;
import dev.agentws.agent.event.SessionEvent.TurnEnded;
import dev.agentws.metrics.Meters;
import dev.agentws.metrics.ToolCounts;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts, logs and traces what happens in one session. A turn is what lies between the first light that the model thinks and the turn's
 * result. Confined to the session's loop.
 */
final class SessionWatch implements EventWatcher {
    /** In the queue of parents for a prompt that came without one: the queue takes no null. */
    private static final String NO_PARENT = "";

    private final String id;
    private final Telemetry telemetry;
    private final Meters meters;
    private final SessionLog log;
    /** The parents of the prompts that are not turns yet, oldest first; null while there has been none, as in most idle sessions. */
    private @Nullable ArrayDeque<String> offered;
    /** When which question was asked; likewise. */
    private @Nullable Map<String, Long> questions;

    private boolean inTurn;
    private long turnStarted;
    private @Nullable TurnTrace trace;

    SessionWatch(String id, Telemetry telemetry) {
        this.id = id;
        this.telemetry = telemetry;
        this.meters = telemetry.meters();
        this.log = new SessionLog(id);
    }

    void opened() {
        meters.sessionsOpened.increment();
        log.created();
    }

    /** Of an earlier life; its turn, if one was going on, counts from now. */
    void revived(boolean turnGoesOn, int waiting) {
        log.revived();
        if (turnGoesOn) {
            turnBegins();
        }
        for (int i = 0; i < waiting; i++) {
            offered(null);
        }
    }

    String id() {
        return id;
    }

    /** The spans of the turn that runs, or null. */
    @Nullable
    TurnTrace trace() {
        return trace;
    }

    void offered(@Nullable String traceParent) {
        ArrayDeque<String> waiting = offered;
        if (waiting == null) {
            waiting = new ArrayDeque<>(1);
            offered = waiting;
        }
        waiting.add(traceParent == null ? NO_PARENT : traceParent);
        meters.promptsWaiting.increment();
    }

    void refused() {
        if (offered != null && offered.pollLast() != null) {
            meters.promptsWaiting.decrement();
        }
    }

    private @Nullable String takeOffered() {
        String parent = offered == null ? null : offered.poll();
        if (parent == null) {
            return null;
        }
        meters.promptsWaiting.decrement();
        return parent.equals(NO_PARENT) ? null : parent;
    }

    @Override
    public void onEvent(long seq, SessionEvent event) {
        switch (event.kind()) {
            case THINKING -> {
                if (((Thinking) event).on() && !inTurn) {
                    turnBegins();
                }
            }
            case TOOL_USE -> toolUsed((ToolUsed) event);
            case PERMISSION_ASKED -> asked((PermissionAsked) event);
            case PERMISSION_ANSWERED -> answered((PermissionAnswered) event);
            case TOOL_RESULT -> toolFinished((ToolFinished) event);
            case FAILED -> log.failed(((SessionEvent.Failed) event).fault());
            case COMPACTED -> log.compacted((SessionEvent.Compacted) event);
            case RESULT -> turnEnds((TurnEnded) event);
            case ENDED -> ends();
            default -> {}
        }
    }

    private void turnBegins() {
        String parent = takeOffered();
        inTurn = true;
        turnStarted = telemetry.now();
        meters.sessionsProcessing.increment();
        log.turnBegins();
        Tracing tracing = telemetry.tracing();
        trace = tracing == null ? null : tracing.turn(id, parent);
    }

    private void toolUsed(ToolUsed use) {
        if (trace != null) {
            trace.toolUsed(use.toolUseId(), use.input());
        }
    }

    private void asked(PermissionAsked asked) {
        Map<String, Long> open = questions;
        if (open == null) {
            open = new HashMap<>(2);
            questions = open;
        }
        if (open.isEmpty()) {
            meters.sessionsWaiting.increment();
        }
        open.put(asked.request().requestId(), telemetry.now());
        log.asked(asked.request());
    }

    private void answered(PermissionAnswered answer) {
        Map<String, Long> open = questions;
        Long since = open == null ? null : open.remove(answer.requestId());
        if (open != null && since != null) {
            meters.permissionWait.record(telemetry.now() - since);
            meters.permissions.of(answer.status()).increment();
            log.answered(answer);
            if (open.isEmpty()) {
                meters.sessionsWaiting.decrement();
            }
        }
    }

    private void toolFinished(ToolFinished finished) {
        ToolCounts counts = meters.tools.of(finished.tool());
        (finished.result().isError() ? counts.failed : counts.succeeded).increment();
        counts.time.record(TimeUnit.MILLISECONDS.toNanos(finished.durationMs()));
        log.toolFinished(finished);
        if (trace != null) {
            trace.toolFinished(finished);
        }
    }

    private void turnEnds(TurnEnded ended) {
        meters.turns.of(ended.result().stopReason()).increment();
        if (!inTurn) {
            // A prompt that was given up in the queue.
            takeOffered();
            return;
        }
        inTurn = false;
        meters.sessionsProcessing.decrement();
        meters.turnTime.record(telemetry.now() - turnStarted);
        log.turnEnds(ended.result());
        if (trace != null) {
            trace.over(ended.result());
            trace = null;
        }
    }

    private void ends() {
        while (offered != null && !offered.isEmpty()) {
            takeOffered();
        }
        telemetry.forget(this);
        log.ended();
    }
}
