package dev.agentws.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.model.ToolSpec;

/** One tool of one session. Its methods run on a tool worker, where blocking is allowed; an interrupt asks them to stop soon. */
public interface Tool {
    /** What the model is told about it. */
    ToolSpec spec();

    /** Whether calls may run beside other calls of the same message. Tools that change nothing say true. */
    boolean concurrent();

    /**
     * Checks one call and says what it would touch, without doing it.
     *
     * @param input the call's input as the model gave it, or as a person changed it in the permission answer
     */
    ToolPlan plan(JsonNode input) throws InterruptedException;
}
