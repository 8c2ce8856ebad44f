package dev.agentws.agent;

import dev.agentws.agent.event.SessionEvent.PermissionRequest;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.permission.CallFacts;
import dev.agentws.agent.permission.ToolHook;
import dev.agentws.agent.record.StoredTurn;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.transcript.AssistantMessage.ToolUse;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One call of a tool on its way from the model's wish to its result. Confined to the session's loop. */
final class ToolCall {
    /** Where it stands. */
    enum State {
        /** A worker looks at it. */
        PLANNING,
        /** It was refused as things were; it is looked at again when the calls before it are through. */
        BLOCKED,
        /** A person is asked. */
        ASKING,
        /** May run as soon as its turn comes. */
        READY,
        RUNNING,
        DONE
    }

    final ToolUse use;
    final @Nullable Tool tool;
    State state = State.PLANNING;
    /** As the model gave it, or as a person changed it. */
    byte[] input;

    ToolPlan.@Nullable Ready plan;

    @Nullable
    CallFacts facts;

    /** What the hooks said of it. */
    ToolHook.Result hook = ToolHook.Result.PASS;
    /** A person has said yes, so that a changed input is not asked about again. */
    boolean approved;

    @Nullable
    PermissionRequest question;

    /** The number of the event that asked it. */
    long askedSeq;

    /** The question of an earlier life of the session, not asked again yet. */
    StoredTurn.@Nullable Question askedBefore;

    @Nullable
    Future<?> expiry;

    @Nullable
    Future<?> job;

    @Nullable
    OutputGate output;

    long startedNanos;

    /** What the model is told. */
    @Nullable
    Block result;

    ToolCall(ToolUse use, @Nullable Tool tool) {
        this.use = use;
        this.tool = tool;
        this.input = use.input();
    }

    boolean concurrent() {
        return tool != null && tool.concurrent();
    }

    /** Stops its timer and its worker. Idempotent. */
    void stop() {
        if (expiry != null) {
            expiry.cancel(false);
            expiry = null;
        }
        if (job != null) {
            job.cancel(true);
            job = null;
        }
        if (output != null) {
            output.open();
            output = null;
        }
    }
}
