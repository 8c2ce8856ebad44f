package dev.agentws.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * An {@code error} frame. Immutable.
 *
 * @param message for people
 * @param sessionId the session it is about, or null
 * @param requestType the {@code type} of the message it answers, or null
 * @param retryable whether the same request may succeed later
 * @param retryAfterMs how long to wait before that, or null if unknown; the field is left out then
 */
public record ErrorFrame(
        ErrorCode code,
        String message,
        @Nullable String sessionId,
        @Nullable String requestType,
        boolean retryable,
        @Nullable Long retryAfterMs) {
    private static final JsonFactory JSON = new JsonFactory();

    /** The frame's JSON. The caller releases the buffer. */
    public ByteBuf encode(ByteBufAllocator alloc) {
        ByteBuf frame = alloc.buffer(256);
        OutputStream out = new ByteBufOutputStream(frame);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("type", "error");
            json.writeStringField("message", message);
            json.writeStringField("session_id", sessionId);
            json.writeNullField("details");
            json.writeStringField("code", code.wireName());
            json.writeStringField("request_type", requestType);
            json.writeBooleanField("retryable", retryable);
            if (retryAfterMs != null) {
                json.writeNumberField("retry_after_ms", retryAfterMs);
            }
            json.writeEndObject();
        } catch (IOException e) {
            frame.release();
            throw new UncheckedIOException("error frame: " + code, e);
        }
        return frame;
    }
}
