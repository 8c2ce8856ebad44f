package dev.agentws.protocol;

/** Why the server closes a connection: the code and the text of its close frame. */
public enum CloseReason {
    /** The work is done. */
    NORMAL(1000, ""),
    /** The server shuts down; the client may connect again elsewhere or later. */
    GOING_AWAY(1001, "Server is shutting down"),
    /** The peer broke the WebSocket protocol: reserved bits, unmasked frames, bad opcodes, broken fragments. */
    PROTOCOL_ERROR(1002, "Protocol error"),
    /** A binary message; this protocol speaks text only. */
    UNSUPPORTED_DATA(1003, "Only text messages are supported"),
    /** A text message that is not UTF-8. */
    INVALID_UTF8(1007, "Text is not valid UTF-8"),
    /** No valid token: missing, wrong, too late or too often wrong. Clients match this very text. */
    AUTHENTICATION_REQUIRED(1008, "Authentication required"),
    /** The client keeps sending beyond its message rate. */
    TOO_MANY_MESSAGES(1008, "Too many messages"),
    /** A message in more fragments than allowed. */
    TOO_MANY_FRAGMENTS(1008, "Too many fragments"),
    /** A message above the size limit. */
    MESSAGE_TOO_BIG(1009, "Message too big"),
    /** A defect of the server. */
    INTERNAL_ERROR(1011, "Internal error"),
    /** Nothing was heard after a ping. */
    PING_TIMEOUT(1011, "No answer to ping"),
    /** The server holds as many connections as it may; try again later. */
    TOO_MANY_CONNECTIONS(1013, "Too many connections");

    private final int code;
    private final String text;

    CloseReason(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** The close code of RFC 6455 or its registry. */
    public int code() {
        return code;
    }

    /** The reason text, at most 123 bytes, possibly empty. */
    public String text() {
        return text;
    }
}
