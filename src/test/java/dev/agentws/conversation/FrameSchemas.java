package dev.agentws.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.agentws.protocol.ProtocolDocument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Holds frames against the schemas that the server gives to client authors. Thread-safe. */
final class FrameSchemas {
    private static final JsonNode DOCUMENT = document();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7, builder -> {});
    private static final Map<String, Schema> COMPILED = new ConcurrentHashMap<>();

    private FrameSchemas() {}

    private static JsonNode document() {
        try {
            return new ObjectMapper().readTree(new String(ProtocolDocument.json(), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode root() {
        return DOCUMENT;
    }

    /** What is wrong with a frame, in words; a field that the schema does not know counts too. */
    static List<String> problems(JsonNode frame) {
        String type = frame.path("type").asText();
        JsonNode schema = DOCUMENT.at("/components/schemas").path(type);
        if (schema.isMissingNode()) {
            return List.of("no schema for the type " + type);
        }
        return COMPILED.computeIfAbsent(type, FrameSchemas::compile).validate(frame).stream()
                .map(Error::toString)
                .toList();
    }

    private static Schema compile(String type) {
        ObjectNode whole = new ObjectMapper().createObjectNode().put("$ref", "#/components/schemas/" + type);
        whole.set("components", closed(DOCUMENT.path("components").deepCopy()));
        return REGISTRY.getSchema(whole);
    }

    /** Clients are to ignore fields that they do not know, so the document leaves objects open; here a field too many is a mistake. */
    private static JsonNode closed(JsonNode node) {
        if (node.path("properties").isObject() && !node.has("additionalProperties")) {
            ((ObjectNode) node).put("additionalProperties", false);
        }
        node.forEach(FrameSchemas::closed);
        return node;
    }
}
