package dev.agentws.agent.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a model call failed. Immutable.
 *
 * @param message one sentence for a person; holds no key and no prompt
 * @param status the HTTP status, 0 when there was no answer or the stream had begun
 * @param type the upstream's own error type such as {@code overloaded_error}, or null
 * @param requestId the upstream's {@code request-id}, or null
 * @param retryAfter how long the upstream asked to wait, or null
 */
public record ModelFailure(
        Kind kind,
        String message,
        int status,
        @Nullable String type,
        @Nullable String requestId,
        @Nullable Duration retryAfter) {

    /** What the agent loop and the client need to tell apart. */
    public enum Kind {
        /** 400 and other refusals of the request itself. */
        INVALID_REQUEST(false),
        /** 400 because the prompt does not fit the model's window. */
        CONTEXT_OVERFLOW(false),
        AUTHENTICATION(false),
        BILLING(false),
        PERMISSION(false),
        NOT_FOUND(false),
        TOO_LARGE(false),
        RATE_LIMITED(true),
        OVERLOADED(true),
        TIMEOUT(true),
        /** 5xx. */
        SERVER(true),
        /** No connection, or one that broke. */
        CONNECTION(true),
        /** The stream broke a limit or made no sense. */
        PROTOCOL(true);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether the same request may succeed later. */
        public boolean retryable() {
            return retryable;
        }
    }
}
