package dev.agentws.agent;

/** What became of a prompt. */
public enum Accepted {
    STARTED,
    QUEUED,
    /** The queue is full. */
    BUSY,
    /** The session has ended. */
    ENDED
}
