package dev.agentws.agent;

/** Where ids come from. Thread-safe. */
public interface IdSource {
    /** A fresh session id: a UUID of version 4 that nobody can guess. */
    String sessionId();

    /** A fresh id of a permission request, hard to guess. */
    String requestId();

    /** A fresh message id; unique, not secret. */
    String messageId();
}
