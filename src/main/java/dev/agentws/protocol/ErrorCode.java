package dev.agentws.protocol;

import java.util.Locale;

/** The {@code code} of an {@code error} frame: what a program looks at, while {@code message} is for people. */
public enum ErrorCode {
    /** The first message was not {@code auth}, or the server has no key to check a token against. */
    AUTH_REQUIRED(false),
    /** The token is not the server's key. */
    INVALID_TOKEN(false),
    /** No {@code auth} message arrived in time; a new connection may succeed. */
    AUTH_TIMEOUT(true),
    /** Not one JSON object within the limits of depth, size and number length. */
    INVALID_JSON(false),
    /** A field is missing or has the wrong type or value; the message names it. */
    INVALID_MESSAGE(false),
    /** The {@code type} is none that a client may send. */
    UNKNOWN_TYPE(false),
    SESSION_NOT_FOUND(false),
    SESSION_EXISTS(false),
    /** The server holds as many sessions as it may; one must end first. */
    MAX_SESSIONS(true),
    INVALID_OPTIONS(false),
    /** The working directory does not exist or lies outside the allowed roots. */
    WORKING_DIRECTORY(false),
    /** The session's queue of prompts is full. */
    SESSION_BUSY(true),
    /** No such open permission request: never asked, answered already, or expired. */
    PERMISSION_NOT_FOUND(false),
    /** The model's side failed; whether a retry helps depends on the failure, so a sender may override the default. */
    UPSTREAM_ERROR(false),
    /** The conversation could not be shortened; it is what it was. */
    COMPACTION_FAILED(false),
    OVERLOADED(true),
    /** More messages, prompts or failed tokens than allowed; {@code retry_after_ms} says how long to wait. */
    RATE_LIMITED(true),
    /** A defect of the server. */
    INTERNAL(false);

    private final boolean retryable;

    ErrorCode(boolean retryable) {
        this.retryable = retryable;
    }

    /** The name on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the same request may succeed later, unless the sender knows better. */
    public boolean retryable() {
        return retryable;
    }
}
