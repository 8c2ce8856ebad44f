package dev.agentws.agent.model;

/** A handle on a running model call. Confined to the session's event loop; every method is idempotent. */
public interface ModelStream {
    /** Stops reading from the upstream socket. What had been read already may still be delivered. */
    void pause();

    /** Reads on after {@link #pause()}. */
    void resume();

    /** Ends the call: no callback follows, and a connection in mid-answer is closed. Harmless after the end of the stream. */
    void cancel();
}
