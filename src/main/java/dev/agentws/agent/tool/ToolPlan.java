package dev.agentws.agent.tool;

/** The outcome of looking at a tool call before running it. */
public sealed interface ToolPlan {
    /** The call cannot run: bad input, or a place it may not touch. The result goes to the model as it is. */
    record Refused(ToolResult result) implements ToolPlan {}

    /**
     * The call can run once it is permitted.
     *
     * @param access what it would do, for the permission rules
     * @param description one line for the person who is asked, for example {@code Run the command: ls}
     */
    record Ready(Access access, String description, Body body) implements ToolPlan {}

    /** Runs the planned call, once, on a tool worker. */
    @FunctionalInterface
    interface Body {
        /**
         * @param output where live output goes; it may make the caller wait for a slow reader
         * @throws InterruptedException when the call was cancelled; whatever it started is gone by then
         */
        ToolResult run(ToolOutput output) throws InterruptedException;
    }
}
