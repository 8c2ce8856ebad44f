package dev.agentws.journal;

/** Says to producers whether they may go on. Thread-safe. */
public interface Pressure {
    /** False while too many bytes wait to be written. */
    boolean writable();

    /** Runs the task once when half of what may wait is free, at once if it is. On any thread: be quick, hand over. */
    void whenWritable(Runnable task);

    /** What waits, in bytes. */
    long pendingBytes();
}
