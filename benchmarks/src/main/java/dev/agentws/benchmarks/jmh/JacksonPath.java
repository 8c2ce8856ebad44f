package dev.agentws.benchmarks.jmh;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The same work as a careful Jackson user would do it, once with trees and once with the streaming API and reused arrays. Confined to
 * one thread.
 */
final class JacksonPath {
    private static final int FRAME_HEADER = 4;

    private final ObjectMapper mapper = new ObjectMapper();
    private final JsonFactory json = mapper.getFactory();
    private final Sample.Kind kind;
    private byte[] copy = new byte[16 << 10];

    /** @param kind of the deltas that are read and written */
    JacksonPath(Sample.Kind kind) {
        this.kind = kind;
    }

    /** The string of a delta; null where the event is none of that kind. */
    @Nullable
    String treeText(ByteBuf event) throws IOException {
        int data = dataOffset(event);
        int length = event.writerIndex() - 2 - data;
        JsonNode root = mapper.readTree(bytes(event, data, length), 0, length);
        JsonNode delta = root.path("delta");
        boolean known = "content_block_delta".equals(root.path("type").textValue())
                && kind.type().equals(delta.path("type").textValue());
        return known ? delta.path(kind.field()).textValue() : null;
    }

    /** The parser stands at the string when this returns; the caller closes it. */
    JsonParser streamingText(ByteBuf event) throws IOException {
        int data = dataOffset(event);
        int length = event.writerIndex() - 2 - data;
        JsonParser parser = json.createParser(bytes(event, data, length), 0, length);
        while (parser.nextToken() != null) {
            if (parser.currentToken() == JsonToken.FIELD_NAME && kind.field().equals(parser.currentName())) {
                parser.nextToken();
                return parser;
            }
        }
        throw new IllegalStateException("event: without " + kind.field() + " (expected: a " + kind.type() + ")");
    }

    /** As the recogniser does: where the string lies, still escaped, and how long it is. Its end is known only once it is decoded. */
    int streamingLength(ByteBuf event) throws IOException {
        try (JsonParser parser = streamingText(event)) {
            long opening = parser.currentTokenLocation().getByteOffset();
            parser.finishToken();
            return (int) (parser.currentLocation().getByteOffset() - opening) - 2;
        }
    }

    /** Where the JSON begins: the event has an event line and one data line. */
    private static int dataOffset(ByteBuf event) {
        int line = event.indexOf(event.readerIndex(), event.writerIndex(), (byte) '\n');
        return line + 1 + "data: ".length();
    }

    private byte[] bytes(ByteBuf source, int offset, int length) {
        if (copy.length < length) {
            copy = new byte[length];
        }
        source.getBytes(offset, copy, 0, length);
        return copy;
    }

    /** The frame of a piece by way of a tree. */
    void treeFrame(ByteBuf out, String text, long seq) throws IOException {
        ObjectNode message = mapper.createObjectNode();
        boolean thinking = kind == Sample.Kind.THINKING;
        message.put("type", thinking ? "agent_thinking" : "agent_message");
        if (thinking) {
            message.put("thinking", true);
        }
        message.put("content", text);
        if (!thinking) {
            message.put("complete", false);
            message.put("message_id", Sample.MESSAGE);
        }
        message.put("session_id", Sample.SESSION);
        message.put("seq", seq);
        byte[] body = mapper.writeValueAsBytes(message);
        int start = out.writerIndex();
        out.writeZero(FRAME_HEADER);
        out.writeBytes(body);
        header(out, start);
    }

    /** The frame of a piece by way of a generator, straight into the buffer. */
    void streamingFrame(ByteBuf out, char[] text, int offset, int length, long seq) throws IOException {
        int start = out.writerIndex();
        out.writeZero(FRAME_HEADER);
        try (JsonGenerator generator =
                json.createGenerator((OutputStream) new ByteBufOutputStream(out), JsonEncoding.UTF8)) {
            boolean thinking = kind == Sample.Kind.THINKING;
            generator.writeStartObject();
            generator.writeStringField("type", thinking ? "agent_thinking" : "agent_message");
            if (thinking) {
                generator.writeBooleanField("thinking", true);
            }
            generator.writeFieldName("content");
            generator.writeString(text, offset, length);
            if (!thinking) {
                generator.writeBooleanField("complete", false);
                generator.writeStringField("message_id", Sample.MESSAGE);
            }
            generator.writeStringField("session_id", Sample.SESSION);
            generator.writeNumberField("seq", seq);
            generator.writeEndObject();
        }
        header(out, start);
    }

    /** Always the four-byte form, because a frame of these is never shorter than 126 bytes. */
    private static void header(ByteBuf out, int start) {
        out.setInt(start, 0x817e0000 | (out.writerIndex() - start - FRAME_HEADER));
    }

    /** What a server needs of a prompt. */
    record Prompt(
            @Nullable String type,
            @Nullable String session,
            @Nullable String prompt,
            @Nullable String id) {}

    /** A client's message by way of a tree. */
    Prompt treePrompt(ByteBuf message) throws IOException {
        int length = message.readableBytes();
        JsonNode root = mapper.readTree(bytes(message, message.readerIndex(), length), 0, length);
        return new Prompt(
                root.path("type").textValue(),
                root.path("session_id").textValue(),
                root.path("prompt").textValue(),
                root.path("prompt_id").textValue());
    }

    /** A client's message, token by token. */
    Prompt streamingPrompt(ByteBuf message) throws IOException {
        int length = message.readableBytes();
        String type = null;
        String session = null;
        String prompt = null;
        String id = null;
        try (JsonParser parser = json.createParser(bytes(message, message.readerIndex(), length), 0, length)) {
            parser.nextToken();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                String value = parser.nextTextValue();
                switch (name) {
                    case "type" -> type = value;
                    case "session_id" -> session = value;
                    case "prompt" -> prompt = value;
                    case "prompt_id" -> id = value;
                    default -> parser.skipChildren();
                }
            }
        }
        return new Prompt(type, session, prompt, id);
    }

    /** A string as a program holds it. */
    String decoded(String escaped) throws IOException {
        String text = mapper.readValue("\"" + escaped + "\"", String.class);
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
