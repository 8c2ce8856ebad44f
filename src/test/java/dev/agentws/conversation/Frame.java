package dev.agentws.conversation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** One text frame of the server, as it came and as a tree. */
record Frame(String text, JsonNode json) {
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    /** @throws IllegalArgumentException if the text is not one JSON object with each name once */
    static Frame of(String text) {
        return new Frame(text, parse(text));
    }

    static JsonNode parse(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (!json.isObject()) {
                throw new IllegalArgumentException("frame: " + text + " (expected: one JSON object)");
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("frame: " + text + " (expected: JSON)", e);
        }
    }

    String type() {
        return at("type");
    }

    String session() {
        return at("session_id");
    }

    /** 0 where there is none. */
    long seq() {
        return json.path("seq").asLong();
    }

    boolean replayed() {
        return json.path("replayed").asBoolean();
    }

    /** A text field, empty where there is none. */
    String at(String field) {
        return json.path(field).asText("");
    }

    /** A piece of text or of thinking, several of which may be merged when they are shown again. */
    boolean isPiece() {
        boolean text = type().equals("agent_message") && !json.path("complete").asBoolean();
        return text || (type().equals("agent_thinking") && json.has("content"));
    }

    /** The frame in a few words, without what differs from run to run. */
    String brief() {
        switch (type()) {
            case "session_created":
                return "created";
            case "agent_thinking":
                return json.has("content")
                        ? "thinks " + at("content")
                        : json.path("thinking").asBoolean() ? "thinking" : "thought";
            case "agent_message":
                return (json.path("complete").asBoolean() ? "=" : "+") + at("content");
            case "agent_tool_use":
                return "uses " + at("tool") + " " + json.path("input");
            case "permission_request":
                return "asks " + at("tool") + " " + json.path("parameters");
            case "permission_acknowledged":
                return (json.path("approved").asBoolean() ? "approved " : "not approved ") + at("status");
            case "permission_denied":
                return "denied by " + at("reason_type");
            case "session_updated":
                return "now " + json.at("/session/permission_mode").asText();
            case "agent_tool_output":
                return "prints " + at("content");
            case "agent_tool_result":
                return (json.path("is_error").asBoolean() ? "fails " : "gives ") + at("content");
            case "error":
                return "error " + at("code");
            case "agent_result":
                return "result " + at("stop_reason");
            default:
                return type();
        }
    }
}
