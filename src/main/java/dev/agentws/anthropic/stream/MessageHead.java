package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** What a {@code message_start} tells besides the usage; empty where it tells nothing. Immutable. */
record MessageHead(String id, String model) {

    /** Reads the event's message, and its usage into {@code usage}. */
    static MessageHead read(EventJson event, UsageTotals usage) throws IOException {
        String id = "";
        String model = "";
        if (event.message() == null) {
            return new MessageHead(id, model);
        }
        try (JsonParser parser = event.open(event.message())) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                if (field.equals("id") && token == JsonToken.VALUE_STRING) {
                    id = parser.getText();
                } else if (field.equals("model") && token == JsonToken.VALUE_STRING) {
                    model = parser.getText();
                } else if (field.equals("usage") && token == JsonToken.START_OBJECT) {
                    usage.read(parser);
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new MessageHead(id, model);
    }
}
