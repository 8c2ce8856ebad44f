package dev.agentws.metrics;

import org.jspecify.annotations.Nullable;

/** Is told of prompts before they become turns. Called on the session's loop. */
public interface PromptWatch {
    /**
     * A prompt is about to be given to a session.
     *
     * @param traceParent of the connection it came by, as W3C Trace Context writes it, or null
     */
    void offered(String sessionId, @Nullable String traceParent);

    /** The session did not take the one offered last. */
    void refused(String sessionId);

    /** Does not care. */
    PromptWatch NONE = new PromptWatch() {
        @Override
        public void offered(String sessionId, @Nullable String traceParent) {}

        @Override
        public void refused(String sessionId) {}
    };
}
