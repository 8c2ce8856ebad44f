package dev.agentws.agent.model;

import org.jspecify.annotations.Nullable;

/**
 * What the model is told about a tool. Immutable.
 *
 * @param inputSchema a JSON Schema object in UTF-8
 * @param upstream set for a tool that the model's API runs itself; the API then knows description and schema
 */
public record ToolSpec(
        String name,
        String description,
        byte[] inputSchema,
        @Nullable UpstreamTool upstream) {
    /**
     * A tool of the API.
     *
     * @param type with its version, for example {@code web_search_20250305}
     * @param name the API's name for it
     * @param maxUses per request
     */
    public record UpstreamTool(String type, String name, int maxUses) {}

    /** A tool that runs here. */
    public ToolSpec(String name, String description, byte[] inputSchema) {
        this(name, description, inputSchema, null);
    }
}
