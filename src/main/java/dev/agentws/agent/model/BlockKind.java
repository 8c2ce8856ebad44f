package dev.agentws.agent.model;

/** The kinds of content block the loop treats differently; everything else is carried verbatim as {@link #OTHER}. */
public enum BlockKind {
    TEXT,
    THINKING,
    REDACTED_THINKING,
    TOOL_USE,
    TOOL_RESULT,
    /** A summary that the API put in the place of all that came before it. */
    COMPACTION,
    OTHER
}
