package dev.agentws.anthropic.http;

/** The bytes of a response break the rules of HTTP/1.1; the message says which. Carries no stack trace: the peer is at fault. */
final class MalformedResponseException extends Exception {
    MalformedResponseException(String why) {
        super(why, null, false, false);
    }
}
