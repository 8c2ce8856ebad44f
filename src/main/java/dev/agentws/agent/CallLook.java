package dev.agentws.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.permission.CallFacts;
import dev.agentws.agent.permission.Surroundings;
import dev.agentws.agent.permission.ToolHook;
import dev.agentws.agent.permission.ToolHooks;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at one tool call before anybody decides over it: plans it, asks the hooks, collects what rules want to know. On a worker. */
final class CallLook {
    private static final Logger LOG = LoggerFactory.getLogger(CallLook.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final String sessionId;
    private final List<ToolHook> hooks;
    private final Surroundings around;

    CallLook(String sessionId, List<ToolHook> hooks, Surroundings around) {
        this.sessionId = sessionId;
        this.hooks = hooks;
        this.around = around;
    }

    /**
     * What was seen.
     *
     * @param facts null when the plan is a refusal
     * @param input what a hook put in place of the call's input, or null
     */
    record Looked(ToolPlan plan, @Nullable CallFacts facts, ToolHook.Result hook, byte @Nullable [] input) {
        static Looked refused(ToolPlan plan) {
            return new Looked(plan, null, ToolHook.Result.PASS, null);
        }
    }

    Looked look(ToolCall call) {
        String name = call.use.name();
        try {
            return look(call, MAPPER.readTree(call.input));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Looked.refused(new ToolPlan.Refused(ToolResult.error("Interrupted.")));
        } catch (IOException | RuntimeException | Error e) {
            LOG.warn("tool {}: failed while looking at a call", name, e);
            return Looked.refused(new ToolPlan.Refused(ToolResult.error(name + " failed: " + e)));
        }
    }

    private Looked look(ToolCall call, JsonNode input) throws InterruptedException, IOException {
        Tool tool = Objects.requireNonNull(call.tool);
        String name = call.use.name();
        ToolPlan plan = tool.plan(input);
        if (!(plan instanceof ToolPlan.Ready ready)) {
            return Looked.refused(plan);
        }
        ToolHook.Result said =
                ToolHooks.ask(hooks, new ToolHook.Call(sessionId, call.use.id(), name, input, ready.access()));
        if (said.input() == null) {
            return new Looked(ready, CallFacts.of(name, input, ready.access(), around), said, null);
        }
        ToolPlan changed = tool.plan(said.input());
        if (!(changed instanceof ToolPlan.Ready again)) {
            return Looked.refused(changed);
        }
        CallFacts facts = CallFacts.of(name, said.input(), again.access(), around);
        return new Looked(again, facts, said, MAPPER.writeValueAsBytes(said.input()));
    }
}
