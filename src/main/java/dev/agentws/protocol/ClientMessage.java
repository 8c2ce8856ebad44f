package dev.agentws.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One message of a client, checked. Switch over {@link #kind()}, then cast. Session ids are canonical ({@link SessionIds}). JSON trees
 * are the receiver's own: nobody else holds them.
 */
public sealed interface ClientMessage {
    /** Which of the records this is. */
    Kind kind();

    /** The tag of each message; the wire name is the value of {@code type}. */
    enum Kind {
        AUTH,
        CREATE_SESSION,
        SEND_PROMPT,
        INTERRUPT_SESSION,
        PERMISSION_RESPONSE,
        SET_PERMISSION_MODE,
        SET_MODEL,
        END_SESSION,
        LIST_SESSIONS,
        KILL_ALL_AGENTS,
        SUBSCRIBE,
        LOAD_MESSAGES,
        RENAME_SESSION,
        FORK_SESSION,
        RESUME_SESSION,
        PING;

        private final String wireName = name().toLowerCase(Locale.ROOT);

        /** The value of {@code type} on the wire. */
        public String wireName() {
            return wireName;
        }
    }

    /**
     * Proves that the client may speak.
     *
     * @param token as sent; a leading {@code Bearer } and white space are not removed yet
     */
    record Auth(String token) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.AUTH;
        }

        /** Keeps the token out of logs. */
        @Override
        public String toString() {
            return "Auth[token=***]";
        }
    }

    /**
     * Makes a session.
     *
     * @param sessionId the wish of the client, or null for a fresh id
     * @param options unchecked; empty if the client gave none
     */
    record CreateSession(@Nullable String sessionId, ObjectNode options) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.CREATE_SESSION;
        }
    }

    /**
     * Gives a session something to do.
     *
     * @param content a text that is not blank, or a non-empty array of content blocks, each an object with a {@code type}
     * @param promptId the client's own name for the prompt, or null
     */
    record SendPrompt(
            String sessionId, JsonNode content, @Nullable String promptId) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.SEND_PROMPT;
        }
    }

    /** Stops the running turn of a session. */
    record InterruptSession(String sessionId) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.INTERRUPT_SESSION;
        }
    }

    /**
     * Answers a {@code permission_request}.
     *
     * @param requestId from {@code request_id} or {@code permission_id}
     * @param reason what the model is told, or null
     * @param updatedInput the input to use in place of the model's, or null to keep it
     * @param remember true, or permission updates, for what shall hold for the rest of the session; or null
     * @param interrupt whether a refusal ends the turn
     */
    record PermissionResponse(
            String sessionId,
            String requestId,
            boolean approved,
            @Nullable String reason,
            @Nullable ObjectNode updatedInput,
            @Nullable JsonNode remember,
            boolean interrupt)
            implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.PERMISSION_RESPONSE;
        }
    }

    /** Changes how a session decides about permissions. */
    record SetPermissionMode(String sessionId, String mode) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.SET_PERMISSION_MODE;
        }
    }

    /**
     * Changes the model of a session.
     *
     * @param model or null for the server's
     */
    record SetModel(String sessionId, @Nullable String model) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.SET_MODEL;
        }
    }

    /** Ends a session. */
    record EndSession(String sessionId) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.END_SESSION;
        }
    }

    /**
     * Asks for the sessions there are.
     *
     * @param search what is looked for, or null for all that live
     */
    record ListSessions(@Nullable SessionSearch search) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.LIST_SESSIONS;
        }
    }

    /** Ends every session. */
    record KillAllAgents() implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.KILL_ALL_AGENTS;
        }
    }

    /**
     * Asks for a session's frames.
     *
     * @param afterSeq the last sequence number the client has, 0 for none
     */
    record Subscribe(String sessionId, long afterSeq) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.SUBSCRIBE;
        }
    }

    /**
     * Asks for what was said in a session, a page at a time.
     *
     * @param cursor from the page before, or null for the first one
     * @param limit the most messages of the page, at least 1
     */
    record LoadMessages(
            String sessionId, boolean newestFirst, @Nullable Integer cursor, int limit) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.LOAD_MESSAGES;
        }
    }

    /**
     * Gives a session a title.
     *
     * @param title or null for the one that follows from its first prompt
     */
    record RenameSession(String sessionId, @Nullable String title) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.RENAME_SESSION;
        }
    }

    /**
     * Makes a session that begins with another's conversation, behind a message, or what had been said at an event, or all of it.
     *
     * @param newSessionId the wish of the client, or null for a fresh id
     * @param index of the last message to take over, or null
     * @param seq the event, or null; never both
     * @param title of the new session, or null for the other's
     * @param options unchecked, in place of those of the other; empty if the client gave none
     */
    record ForkSession(
            String sessionId,
            @Nullable String newSessionId,
            @Nullable Integer index,
            @Nullable Long seq,
            @Nullable String title,
            ObjectNode options)
            implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.FORK_SESSION;
        }
    }

    /** Takes up a session that has ended and was kept. */
    record ResumeSession(String sessionId) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.RESUME_SESSION;
        }
    }

    /**
     * Asks for a {@code pong}.
     *
     * @param timestamp any JSON scalar to be sent back, or null if there was none
     */
    record Ping(@Nullable JsonNode timestamp) implements ClientMessage {
        @Override
        public Kind kind() {
            return Kind.PING;
        }
    }
}
