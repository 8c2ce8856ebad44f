package dev.agentws.agent.event;

/** What a live piece is a piece of. */
public enum PieceKind {
    TEXT,
    THINKING
}
