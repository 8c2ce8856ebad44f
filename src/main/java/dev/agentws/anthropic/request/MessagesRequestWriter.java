package dev.agentws.anthropic.request;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.model.ToolSpec.UpstreamTool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes model calls as the Messages API takes them. Blocks of the transcript go out byte for byte as they came in, apart from the mark
 * for the prompt cache. Stateless and thread-safe.
 */
public final class MessagesRequestWriter implements RequestBody {
    /** The last version that takes a temperature. */
    private static final String VERSION_WITH_TEMPERATURE = "2023-06-01";

    private static final String VERSION = "2026-10-21";
    private static final String LONG_CONTEXT_BETA = "context-1m-2025-08-07";
    private static final String DISPLAY_UPDATES_BETA = "thinking-display-updates-2026-08-18";
    private static final String BLOCK_BINDING_BETA = "thinking-binding-controls-2026-08-01";

    /** What the API takes at most; a larger request is left to be refused by it. */
    private static final int MOST_EXPECTED_BYTES = 32 << 20;

    /** Summarized, because at the default of newer models whatever they say between two tool calls would come back empty. */
    private static final byte[] ADAPTIVE_THINKING =
            "{\"type\":\"adaptive\",\"display\":\"summarized\"}".getBytes(StandardCharsets.US_ASCII);

    /**
     * Writes the body of the request.
     *
     * @return a buffer that is the caller's to release
     * @throws IllegalArgumentException if a block, the client's thinking or a tool's schema is not JSON where it has to be looked into
     */
    @Override
    public ByteBuf write(ModelRequest request, ByteBufAllocator allocator) {
        ByteBuf body = allocator.buffer(expectedBytes(request));
        try (JsonGenerator json = RequestJson.JSON.createGenerator((OutputStream) new ByteBufOutputStream(body))) {
            ModelProfile profile = ModelProfile.of(request.model());
            json.writeStartObject();
            json.writeStringField("model", wellFormed(profile.id()));
            Integer maxTokens = request.maxTokens();
            json.writeNumberField("max_tokens", maxTokens == null ? profile.defaultMaxTokens() : maxTokens);
            json.writeBooleanField("stream", true);
            options(request, profile, json, body);
            CompactionEdit.write(request, json);
            system(request, json);
            tools(request, json, body);
            messages(request.messages(), json, body);
            json.writeEndObject();
        } catch (IOException e) {
            body.release();
            throw new IllegalArgumentException("request: " + e.getMessage() + " (expected: JSON in its blocks)", e);
        } catch (RuntimeException e) {
            body.release();
            throw e;
        }
        return body;
    }

    /** The headers that depend on the request: {@code anthropic-version}, and {@code anthropic-beta} if anything needs it. */
    @Override
    public Map<String, String> headers(ModelRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("anthropic-version", request.temperature() == null ? VERSION : VERSION_WITH_TEMPERATURE);
        List<String> betas = betas(request);
        if (!betas.isEmpty()) {
            headers.put("anthropic-beta", String.join(",", betas));
        }
        return headers;
    }

    /** A long transcript would else be copied each time the buffer grows. */
    private static int expectedBytes(ModelRequest request) {
        long bytes = 1024L + request.system().length();
        for (ToolSpec tool : request.tools()) {
            bytes += 128 + tool.description().length() + tool.inputSchema().length;
        }
        for (Message message : request.messages()) {
            bytes += 64;
            for (Block block : message.blocks()) {
                bytes += 1 + block.json().length;
            }
        }
        return (int) Math.min(bytes, MOST_EXPECTED_BYTES);
    }

    private static List<String> betas(ModelRequest request) {
        List<String> betas = new ArrayList<>();
        if (ModelProfile.of(request.model()).longContextBeta()) {
            betas.add(LONG_CONTEXT_BETA);
        }
        if (CompactionEdit.neededBy(request)) {
            betas.add(CompactionEdit.BETA);
        }
        String thinking = request.thinking();
        if (thinking == null) {
            return betas;
        }
        try (JsonParser parser = RequestJson.JSON.createParser(thinking)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("display") && isUpdates(parser, value)) {
                    betas.add(DISPLAY_UPDATES_BETA);
                } else if (field.equals("block_binding") && value != JsonToken.VALUE_NULL) {
                    betas.add(BLOCK_BINDING_BETA);
                }
                parser.skipChildren();
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("thinking: no sound JSON (expected: one JSON object)", e);
        }
        return betas;
    }

    private static boolean isUpdates(JsonParser parser, JsonToken value) throws IOException {
        return value == JsonToken.VALUE_STRING && parser.getText().equals("updates");
    }

    private static void options(ModelRequest request, ModelProfile profile, JsonGenerator json, ByteBuf body)
            throws IOException {
        String thinking = request.thinking();
        Double temperature = request.temperature();
        if (thinking != null) {
            json.writeFieldName("thinking");
            raw(thinking.getBytes(StandardCharsets.UTF_8), json, body);
        } else if (profile.adaptiveThinking() && temperature == null) {
            // a temperature other than 1 and thinking exclude each other
            json.writeFieldName("thinking");
            raw(ADAPTIVE_THINKING, json, body);
        }
        outputConfig(request, profile, json, body);
        if (temperature != null) {
            json.writeNumberField("temperature", temperature);
        }
    }

    private static void outputConfig(ModelRequest request, ModelProfile profile, JsonGenerator json, ByteBuf body)
            throws IOException {
        String effort = profile.effort() ? request.effort() : null;
        String schema = profile.structuredOutput() ? request.outputSchema() : null;
        if (effort == null && schema == null) {
            return;
        }
        json.writeObjectFieldStart("output_config");
        if (effort != null) {
            json.writeStringField("effort", effort);
        }
        if (schema != null) {
            json.writeObjectFieldStart("format");
            json.writeStringField("type", "json_schema");
            json.writeFieldName("schema");
            raw(schema.getBytes(StandardCharsets.UTF_8), json, body);
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void system(ModelRequest request, JsonGenerator json) throws IOException {
        if (request.system().isBlank()) {
            return;
        }
        json.writeArrayFieldStart("system");
        json.writeStartObject();
        json.writeStringField("type", "text");
        json.writeStringField("text", wellFormed(request.system()));
        mark(json);
        json.writeEndObject();
        json.writeEndArray();
    }

    private static void tools(ModelRequest request, JsonGenerator json, ByteBuf body) throws IOException {
        if (request.tools().isEmpty()) {
            return;
        }
        // the mark on the system prompt covers the tools, which come before it in the cache's order
        boolean marked = request.system().isBlank();
        json.writeArrayFieldStart("tools");
        for (int i = 0; i < request.tools().size(); i++) {
            ToolSpec tool = request.tools().get(i);
            json.writeStartObject();
            UpstreamTool upstream = tool.upstream();
            if (upstream != null) {
                json.writeStringField("type", upstream.type());
                json.writeStringField("name", upstream.name());
                json.writeNumberField("max_uses", upstream.maxUses());
            } else {
                json.writeStringField("name", wellFormed(tool.name()));
                json.writeStringField("description", wellFormed(tool.description()));
                json.writeFieldName("input_schema");
                raw(tool.inputSchema(), json, body);
            }
            if (marked && i == request.tools().size() - 1) {
                mark(json);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void messages(List<Message> messages, JsonGenerator json, ByteBuf body) throws IOException {
        CachePlan plan = new CachePlan(messages);
        json.writeArrayFieldStart("messages");
        for (int i = 0; i < messages.size(); i++) {
            List<Block> blocks = messages.get(i).blocks();
            json.writeStartObject();
            json.writeStringField("role", messages.get(i).role().wireName());
            json.writeArrayFieldStart("content");
            for (int j = 0; j < blocks.size(); j++) {
                raw(plan.bytes(i, j, blocks.get(j)), json, body);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void mark(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("cache_control");
        json.writeStringField("type", "ephemeral");
        json.writeEndObject();
    }

    /** Puts finished JSON behind what the generator has written: it adds the comma or colon, the bytes never become a String. */
    private static void raw(byte[] value, JsonGenerator json, ByteBuf body) throws IOException {
        json.writeRawValue("");
        json.flush();
        body.writeBytes(value);
    }

    /** Half a surrogate pair has no UTF-8 and would fail the call; prompts put together from cut strings hold such. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            }
        }
        return text;
    }
}
