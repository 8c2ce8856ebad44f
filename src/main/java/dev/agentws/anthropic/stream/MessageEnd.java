package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How a message ends, gathered from its {@code message_delta} events: what one leaves out or sets to null stays. Confined. */
final class MessageEnd {
    private @Nullable String stopReason;
    private @Nullable String stopSequence;
    private byte @Nullable [] details;

    /** Reads the {@code delta} of a {@code message_delta}. */
    void read(EventJson event, Span delta) throws IOException {
        try (JsonParser parser = event.open(delta)) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (field) {
                    case "stop_reason" -> {
                        String reason = EventJson.textOf(parser, token);
                        stopReason = reason == null || reason.isEmpty() ? stopReason : reason;
                    }
                    case "stop_sequence" -> {
                        String sequence = EventJson.textOf(parser, token);
                        stopSequence = sequence == null ? stopSequence : sequence;
                    }
                    case "stop_details" -> details(event, delta, EventJson.spanOf(parser, token));
                    default -> parser.skipChildren();
                }
            }
        }
    }

    /** The reason as the loop needs it: some upstreams say {@code end_turn}, or nothing, and mean their tool calls. */
    @Nullable
    String stopReason(boolean toolUse) {
        boolean ended = stopReason == null || stopReason.equals("end_turn");
        return toolUse && ended ? "tool_use" : stopReason;
    }

    /** Whether a reason was given. */
    boolean announced() {
        return stopReason != null;
    }

    @Nullable
    String stopSequence() {
        return stopSequence;
    }

    byte @Nullable [] details() {
        return details;
    }

    private void details(EventJson event, Span delta, @Nullable Span found) {
        if (found != null) {
            // the parser counts from the beginning of the delta
            details = new Span(delta.start() + found.start(), delta.start() + found.end()).of(event.bytes());
        }
    }
}
