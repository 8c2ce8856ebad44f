package dev.agentws.agent.model;

/**
 * What the model is told about a tool. Immutable.
 *
 * @param inputSchema a JSON Schema object in UTF-8
 */
public record ToolSpec(String name, String description, byte[] inputSchema) {}
