package dev.agentws.agent.permission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.tool.Access;
import org.jspecify.annotations.Nullable;

/**
 * A say of the program around this server in every tool call, before rules and modes. Called on a tool worker, by several at a time,
 * so it is thread-safe and may block; an interrupt asks it to stop. A hook that throws denies the call.
 */
@FunctionalInterface
public interface ToolHook {
    /**
     * A call as it was looked at.
     *
     * @param input as the model gave it, or as a person or a hook before changed it; not to be changed
     * @param access what it would touch
     */
    record Call(String sessionId, String toolUseId, String tool, JsonNode input, Access access) {}

    /** What a hook says. */
    enum Answer {
        /** Nothing: rules and modes decide. */
        PASS,
        /** No question is needed; rules that deny or ask still hold. */
        ALLOW,
        ASK,
        DENY
    }

    /**
     * The say of a hook.
     *
     * @param reason one sentence for people and for the model
     * @param input takes the place of the whole input, or null to leave it
     */
    record Result(Answer answer, String reason, @Nullable ObjectNode input) {
        /** No say. */
        public static final Result PASS = new Result(Answer.PASS, "", null);

        public static Result allow(String reason) {
            return new Result(Answer.ALLOW, reason, null);
        }

        public static Result ask(String reason) {
            return new Result(Answer.ASK, reason, null);
        }

        public static Result deny(String reason) {
            return new Result(Answer.DENY, reason, null);
        }

        /** The same with another input. */
        public Result withInput(ObjectNode replacement) {
            return new Result(answer, reason, replacement);
        }
    }

    /** Called once for each call that could run. */
    Result beforeTool(Call call) throws InterruptedException;
}
