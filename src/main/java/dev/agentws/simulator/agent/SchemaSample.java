package dev.agentws.simulator.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** A value that fits a JSON schema, if the schema is a simple one. Stateless. */
final class SchemaSample {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String ANNOUNCED = "JSON Schema:";
    private static final int MAX_DEPTH = 16;

    private SchemaSample() {}

    /** The value that a request asks for: by {@code output_config.format}, or in the words of the system prompt. */
    static Optional<JsonNode> wanted(JsonNode body, String system) {
        JsonNode schema = body.at("/output_config/format/schema");
        if (schema.isObject()) {
            return Optional.of(of(schema, MAX_DEPTH));
        }
        int at = system.lastIndexOf(ANNOUNCED);
        if (at < 0) {
            return Optional.empty();
        }
        try {
            JsonNode told = MAPPER.readTree(system.substring(at + ANNOUNCED.length()));
            return told.isObject() ? Optional.of(of(told, MAX_DEPTH)) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static JsonNode of(JsonNode schema, int depth) {
        if (depth == 0) {
            return JSON.nullNode();
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        for (String given : new String[] {"enum", "examples"}) {
            if (schema.path(given).has(0)) {
                return schema.get(given).get(0);
            }
        }
        for (String choice : new String[] {"anyOf", "oneOf", "allOf"}) {
            if (schema.path(choice).has(0)) {
                return of(schema.get(choice).get(0), depth - 1);
            }
        }
        return ofType(schema, depth);
    }

    private static JsonNode ofType(JsonNode schema, int depth) {
        JsonNode type = schema.path("type");
        String usual = schema.has("properties") ? "object" : "string";
        switch (type.isArray() ? type.path(0).asText() : type.asText(usual)) {
            case "object":
                ObjectNode object = JSON.objectNode();
                for (Map.Entry<String, JsonNode> each :
                        schema.path("properties").properties()) {
                    object.set(each.getKey(), of(each.getValue(), depth - 1));
                }
                return object;
            case "array":
                ArrayNode array = JSON.arrayNode();
                for (int i = 0; i < Math.max(1, schema.path("minItems").asInt()); i++) {
                    array.add(of(schema.path("items"), depth - 1));
                }
                return array;
            case "integer", "number":
                return JSON.numberNode(schema.path("minimum").asInt(1));
            case "boolean":
                return JSON.booleanNode(true);
            case "null":
                return JSON.nullNode();
            default:
                return JSON.textNode(
                        "simulated".repeat(1 + schema.path("minLength").asInt() / 9));
        }
    }
}
