package dev.agentws.agent;

/** What a live piece is a piece of. */
public enum PieceKind {
    TEXT,
    THINKING
}
