package dev.agentws.agent.model;

/** The kinds of string piece that a block grows by. */
public enum DeltaKind {
    TEXT,
    THINKING,
    /** A piece of a tool's input: JSON text, escaped once more as it stands in {@code partial_json}. */
    TOOL_INPUT,
    /** The signature of a thinking block. It replaces an earlier one. */
    SIGNATURE
}
