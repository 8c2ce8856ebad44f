package dev.agentws.simulator.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads JSON bodies. */
public final class JsonBodies {
    /** A string may fill a whole body: base64 pictures do. */
    public static final int MAX_BODY_BYTES = 32 * 1024 * 1024;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_BODY_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBodies() {}

    /** Parses a body; the buffer stays the caller's. Throws {@link JsonProcessingException} for anything but one value. */
    public static JsonNode read(ByteBuf body) throws IOException {
        try (InputStream in = new ByteBufInputStream(body.duplicate())) {
            return JSON.readTree(in);
        }
    }

    public static JsonNode read(String json) throws JsonProcessingException {
        return JSON.readTree(json);
    }

    /** The error that a call without stream gets where a stream gets this event. */
    public static ApiError errorOf(String eventJson) {
        try {
            JsonNode error = JSON.readTree(eventJson).path("error");
            String type = error.path("type").asText();
            return new ApiError(
                    ApiError.statusOf(type), type, error.path("message").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("json: " + eventJson + " (expected: an error event)", e);
        }
    }
}
