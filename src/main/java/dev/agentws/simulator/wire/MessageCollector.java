package dev.agentws.simulator.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Folds the events of a stream into the one message that a call without {@code stream} gets. Confined to one event loop. */
final class MessageCollector {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TreeMap<Integer, ObjectNode> blocks = new TreeMap<>();
    private final TreeMap<Integer, StringBuilder> inputs = new TreeMap<>();
    private @Nullable ObjectNode message;

    /** Takes one event in. Returns true when it was the last. */
    boolean add(String name, String json) {
        if (name.equals("ping")) {
            return false;
        }
        JsonNode event = parse(json);
        switch (event.path("type").asText()) {
            case "message_start" -> start(event.path("message"));
            case "content_block_start" ->
                blocks.put(
                        event.path("index").asInt(), event.path("content_block").deepCopy());
            case "content_block_delta" -> delta(event.path("index").asInt(), event.path("delta"));
            case "message_delta" -> end(event);
            case "message_stop" -> {
                return true;
            }
            default -> {}
        }
        return false;
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("json: " + json + " (expected: one JSON object)", e);
        }
    }

    private void start(JsonNode begun) {
        if (message == null && begun instanceof ObjectNode object) {
            message = object.deepCopy();
        }
    }

    private void delta(int index, JsonNode delta) {
        ObjectNode block = blocks.computeIfAbsent(index, i -> JSON.createObjectNode());
        switch (delta.path("type").asText()) {
            case "text_delta" -> append(block, "text", delta);
            case "thinking_delta" -> append(block, "thinking", delta);
            case "signature_delta" ->
                block.put("signature", delta.path("signature").asText());
            case "compaction_delta" -> {
                ObjectNode summary = ((ObjectNode) delta).deepCopy().without("type");
                block.setAll(summary);
            }
            case "input_json_delta" ->
                inputs.computeIfAbsent(index, i -> new StringBuilder())
                        .append(delta.path("partial_json").asText());
            default -> {}
        }
    }

    private static void append(ObjectNode block, String field, JsonNode delta) {
        block.put(field, block.path(field).asText() + delta.path(field).asText());
    }

    private void end(JsonNode event) {
        if (message != null) {
            message.setAll((ObjectNode) event.path("delta").deepCopy());
            ObjectNode usage = message.withObject("/usage");
            event.path("usage").properties().forEach(entry -> usage.set(entry.getKey(), entry.getValue()));
        }
    }

    /** The message so far. */
    String toJson() {
        if (message == null) {
            return "";
        }
        ArrayNode content = message.putArray("content");
        blocks.forEach((index, block) -> {
            StringBuilder input = inputs.get(index);
            if (input != null) {
                block.set("input", input(input.toString()));
            }
            content.add(block);
        });
        return message.toString();
    }

    /** Input that was cut off by the token limit cannot be parsed; a whole message shows it as empty. */
    private static JsonNode input(String text) {
        try {
            JsonNode parsed = JSON.readTree(text);
            return parsed.isObject() ? parsed : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }
}
