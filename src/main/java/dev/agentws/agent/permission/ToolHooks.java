package dev.agentws.agent.permission;

import dev.agentws.agent.permission.ToolHook.Answer;
import dev.agentws.agent.permission.ToolHook.Call;
import dev.agentws.agent.permission.ToolHook.Result;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All hooks as one: the strictest say counts, deny before ask before allow; changed inputs are handed on. Thread-safe. */
public final class ToolHooks {
    private static final Logger LOG = LoggerFactory.getLogger(ToolHooks.class);

    private ToolHooks() {}

    public static Result ask(List<ToolHook> hooks, Call call) throws InterruptedException {
        Result sofar = Result.PASS;
        Call current = call;
        for (ToolHook hook : hooks) {
            Result said = ask(hook, current);
            if (said.input() != null) {
                current = new Call(call.sessionId(), call.toolUseId(), call.tool(), said.input(), call.access());
                sofar = sofar.withInput(said.input());
            }
            if (said.answer().compareTo(sofar.answer()) > 0) {
                sofar = new Result(said.answer(), said.reason(), sofar.input());
            }
            if (sofar.answer() == Answer.DENY) {
                break;
            }
        }
        return sofar;
    }

    private static Result ask(ToolHook hook, Call call) throws InterruptedException {
        try {
            return hook.beforeTool(call);
        } catch (RuntimeException | Error e) {
            LOG.error("hook {}: failed over a call of {}", hook.getClass().getName(), call.tool(), e);
            return Result.deny("a hook of this server failed, so the call was not allowed: " + e);
        }
    }
}
