package dev.agentws.agent.model;

import io.netty.util.concurrent.EventExecutor;

/** The model, as a turn sees it: one call in, one stream of events out. Implementations are thread-safe. */
public interface ModelClient {
    /**
     * Starts one model call and returns at once; the answer arrives at {@code listener}.
     *
     * <p>Every callback runs on {@code loop}, never before this method has returned, and ends with exactly one of {@link
     * ModelListener#onComplete} and {@link ModelListener#onFailure}, unless the stream is cancelled first. Faults that a retry may
     * mend are retried inside, but only while no block has been handed on.
     *
     * @param loop the session's event loop; this method is called on it
     */
    ModelStream stream(ModelRequest request, ModelListener listener, EventExecutor loop);

    /** Whether the API of this model shortens conversations when it is asked to ({@link ModelRequest#compactAt}). */
    default boolean compacts(String model) {
        return false;
    }
}
