package dev.agentws.protocol;

import org.jspecify.annotations.Nullable;

/** What became of the bytes of one client message. */
public sealed interface Decoded {
    /** A message to act upon. */
    record Message(ClientMessage message) implements Decoded {}

    /**
     * A message to answer with an {@code error} frame; the connection stays.
     *
     * @param code {@code invalid_json}, {@code invalid_message} or {@code unknown_type}
     * @param message names the field, its value (cut) and what was expected
     * @param requestType the message's {@code type} (cut) if it had one
     * @param sessionId the canonical session id if the message had a valid one
     */
    record Rejected(
            ErrorCode code,
            String message,
            @Nullable String requestType,
            @Nullable String sessionId) implements Decoded {}
}
