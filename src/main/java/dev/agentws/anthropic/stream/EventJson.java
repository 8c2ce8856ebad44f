package dev.agentws.anthropic.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The data of one event, taken apart by Jackson one level deep, in whatever order its fields come: what is needed of the parts below is
 * read from their bytes. Confined to one thread.
 */
final class EventJson {
    /** Stands for an index that was not given. */
    static final int NO_INDEX = Integer.MIN_VALUE;

    /** The size of an event is capped before it gets here, so a single string may be as long as that. */
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final byte[] bytes;
    private @Nullable String type;
    private int index = NO_INDEX;
    private @Nullable Span message;
    private @Nullable Span contentBlock;
    private @Nullable Span delta;
    private @Nullable Span usage;
    private @Nullable Span error;
    private @Nullable String errorText;
    private @Nullable String requestId;

    private EventJson(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Parses one JSON object with nothing behind it.
     *
     * @throws IOException when it is no such thing
     */
    static EventJson parse(byte[] bytes) throws IOException {
        // Jackson guesses UTF-16 and UTF-32 from zero bytes at the beginning
        for (int i = 0; i < Math.min(4, bytes.length); i++) {
            if (bytes[i] == 0) {
                throw new StreamFault("event: a zero byte (expected: JSON in UTF-8)");
            }
        }
        EventJson event = new EventJson(bytes);
        try (JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new StreamFault("event: no JSON object (expected: one)");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                event.field(parser);
            }
            if (parser.nextToken() != null) {
                throw new StreamFault("event: something behind the JSON object (expected: nothing)");
            }
        }
        return event;
    }

    private void field(JsonParser parser) throws IOException {
        String field = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (field) {
            case "type" -> type = textOf(parser, token);
            case "index" -> index = token == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : NO_INDEX;
            case "message" -> {
                errorText = token == JsonToken.VALUE_STRING ? parser.getText() : errorText;
                message = spanOf(parser, token);
            }
            case "content_block" -> contentBlock = spanOf(parser, token);
            case "delta" -> delta = spanOf(parser, token);
            case "usage" -> usage = spanOf(parser, token);
            case "error" -> {
                errorText = token == JsonToken.VALUE_STRING ? parser.getText() : errorText;
                error = spanOf(parser, token);
            }
            case "request_id" -> requestId = textOf(parser, token);
            default -> parser.skipChildren();
        }
    }

    byte[] bytes() {
        return bytes;
    }

    @Nullable
    String type() {
        return type;
    }

    int index() {
        return index;
    }

    @Nullable
    Span message() {
        return message;
    }

    @Nullable
    Span contentBlock() {
        return contentBlock;
    }

    @Nullable
    Span delta() {
        return delta;
    }

    @Nullable
    Span usage() {
        return usage;
    }

    @Nullable
    Span error() {
        return error;
    }

    /** What stands at {@code error} or {@code message} when it is text instead of an object. */
    @Nullable
    String errorText() {
        return errorText;
    }

    @Nullable
    String requestId() {
        return requestId;
    }

    /** Opens one of the parts; the parser stands on its opening brace. */
    JsonParser open(Span part) throws IOException {
        JsonParser parser = JSON.createParser(bytes, part.start(), part.end() - part.start());
        parser.nextToken();
        return parser;
    }

    /** The string the parser stands on, or null for anything else, which is skipped. */
    static @Nullable String textOf(JsonParser parser, @Nullable JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }

    /** Where the object the parser stands on lies, or null for anything else; skips it. */
    static @Nullable Span spanOf(JsonParser parser, @Nullable JsonToken token) throws IOException {
        if (token != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return null;
        }
        int start = (int) parser.currentLocation().getByteOffset() - 1;
        parser.skipChildren();
        return new Span(start, (int) parser.currentLocation().getByteOffset());
    }
}
