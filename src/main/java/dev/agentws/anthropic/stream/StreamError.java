package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelFailure.Kind;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the {@code error} event that may end a stream at any point. */
final class StreamError {
    private static final int MAX_MESSAGE_CHARS = 1000;

    private StreamError() {}

    static ModelFailure of(EventJson event, @Nullable String requestId) throws IOException {
        String type = event.type();
        String message = event.errorText();
        if (event.error() != null) {
            try (JsonParser parser = event.open(event.error())) {
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String field = parser.currentName();
                    JsonToken token = parser.nextToken();
                    switch (field) {
                        case "type" -> type = EventJson.textOf(parser, token);
                        case "message" -> message = EventJson.textOf(parser, token);
                        default -> parser.skipChildren();
                    }
                }
            }
        }
        String id = event.requestId() == null ? requestId : event.requestId();
        return failure("error".equals(type) ? null : type, message, id);
    }

    /** An error whose data is no JSON. */
    static ModelFailure ofText(String text, @Nullable String requestId) {
        return failure(null, text, requestId);
    }

    private static ModelFailure failure(@Nullable String type, @Nullable String message, @Nullable String requestId) {
        String text = message == null ? "" : message.strip();
        if (text.isEmpty()) {
            text = "The model's server reported an error" + (type == null ? "." : ": " + type);
        }
        String bounded = text.length() > MAX_MESSAGE_CHARS ? text.substring(0, MAX_MESSAGE_CHARS) + "..." : text;
        return new ModelFailure(kind(type, text), bounded, 0, type, requestId, null);
    }

    /** An unknown type counts as a fault of the server: the request had been accepted, or there would be no stream. */
    private static Kind kind(@Nullable String type, String message) {
        return switch (type == null ? "" : type) {
            case "invalid_request_error" -> overflow(message) ? Kind.CONTEXT_OVERFLOW : Kind.INVALID_REQUEST;
            case "authentication_error" -> Kind.AUTHENTICATION;
            case "billing_error" -> Kind.BILLING;
            case "permission_error" -> Kind.PERMISSION;
            case "not_found_error" -> Kind.NOT_FOUND;
            case "request_too_large" -> Kind.TOO_LARGE;
            case "rate_limit_error" -> Kind.RATE_LIMITED;
            case "overloaded_error" -> Kind.OVERLOADED;
            case "timeout_error" -> Kind.TIMEOUT;
            default -> Kind.SERVER;
        };
    }

    private static boolean overflow(String message) {
        return message.toLowerCase(Locale.ROOT).startsWith("prompt is too long");
    }
}
