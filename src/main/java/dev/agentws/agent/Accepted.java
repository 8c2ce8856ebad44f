package dev.agentws.agent;

/** What became of a prompt. */
public enum Accepted {
    STARTED,
    QUEUED,
    /** One of that name is at work or waits already: nothing is done a second time. */
    UNDERWAY,
    /** One of that name has its result already: nothing is done a second time. */
    OVER,
    /** The queue is full. */
    BUSY,
    /** What happens could not be written down soon: later perhaps. */
    OVERLOADED,
    /** The session has ended. */
    ENDED
}
