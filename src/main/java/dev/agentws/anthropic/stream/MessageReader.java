package dev.agentws.anthropic.stream;

import dev.agentws.agent.model.ModelFailure;
import io.netty.buffer.ByteBuf;

/**
 * Reads the body of one streamed answer and tells a {@link dev.agentws.agent.model.ModelListener} what is in it. Confined to the session's
 * event loop.
 */
public interface MessageReader {
    /** Reads some bytes of the body, cut anywhere. They stay the caller's. Ignored after the outcome is known. */
    void read(ByteBuf bytes, int offset, int length);

    /** The body is over; the outcome is known when this returns. */
    void end();

    /** Whether a block has been handed on, so that the call must not be tried again. */
    boolean begun();

    /** Frees what is held of a cut event. Idempotent. */
    void release();

    /** How the stream ended; exactly one of the two is called, once. */
    interface Outcome {
        /** The message is whole and {@link dev.agentws.agent.model.ModelListener#onStop} has been called. */
        void completed();

        /** The upstream reported an error, broke a limit, or the stream ended too early. */
        void failed(ModelFailure failure);
    }
}
