package dev.agentws.agent.tool;

/**
 * What a tool call came to. Immutable.
 *
 * @param text what the model reads; not empty
 * @param isError whether the model should take it as a failure
 */
public record ToolResult(String text, boolean isError) {
    /** A success. */
    public static ToolResult of(String text) {
        return new ToolResult(text, false);
    }

    /** A failure the model can act on. */
    public static ToolResult error(String text) {
        return new ToolResult(text, true);
    }

    /** A call that was refused for its input, in the wrapping that models know. */
    public static ToolResult invalid(String text) {
        return new ToolResult("<tool_use_error>" + text + "</tool_use_error>", true);
    }
}
