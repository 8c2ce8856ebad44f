package dev.agentws.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The fields of one client message, each checked when it is asked for. A JSON null counts as absent. Confined to the reading thread. */
final class Fields {
    private static final int MAX_ID = 256;

    private final ObjectNode message;

    Fields(ObjectNode message) {
        this.message = message;
    }

    /** The raw value, or null if it is absent or a JSON null. */
    @Nullable
    JsonNode value(String name) {
        JsonNode value = message.get(name);
        return value == null || value.isNull() ? null : value;
    }

    String text(String name) throws InvalidFieldException {
        String text = optionalText(name);
        if (text == null) {
            throw missing(name, "a string");
        }
        return text;
    }

    @Nullable
    String optionalText(String name) throws InvalidFieldException {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(name, value, "a string");
        }
        return value.textValue();
    }

    /** A name that a client chose, such as a prompt id. */
    @Nullable
    String optionalId(String name) throws InvalidFieldException {
        String id = optionalText(name);
        if (id != null && !SessionIds.printable(id, MAX_ID)) {
            throw wrong(name, id, "1 to " + MAX_ID + " printable characters");
        }
        return id;
    }

    String sessionId() throws InvalidFieldException {
        String id = optionalSessionId();
        if (id == null) {
            throw missing("session_id", "a string");
        }
        return id;
    }

    @Nullable
    String optionalSessionId() throws InvalidFieldException {
        return optionalSessionId("session_id");
    }

    @Nullable
    String optionalSessionId(String name) throws InvalidFieldException {
        String text = optionalText(name);
        if (text == null) {
            return null;
        }
        String id = SessionIds.canonical(text);
        if (id == null) {
            throw wrong(name, text, "1 to " + SessionIds.MAX_CHARACTERS + " printable characters");
        }
        return id;
    }

    boolean flag(String name) throws InvalidFieldException {
        JsonNode value = value(name);
        if (value == null) {
            throw missing(name, "true or false");
        }
        if (!value.isBoolean()) {
            throw wrong(name, value, "true or false");
        }
        return value.booleanValue();
    }

    boolean flag(String name, boolean absent) throws InvalidFieldException {
        return value(name) == null ? absent : flag(name);
    }

    /** A whole number from 0, or 0 if absent. */
    long count(String name) throws InvalidFieldException {
        JsonNode value = value(name);
        if (value == null) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw wrong(name, value, "a whole number from 0 to " + Long.MAX_VALUE);
        }
        return value.longValue();
    }

    /** A whole number in these limits, or {@code otherwise} if absent. */
    int count(String name, int least, int most, int otherwise) throws InvalidFieldException {
        JsonNode value = value(name);
        if (value == null) {
            return otherwise;
        }
        boolean fits = value.isIntegralNumber() && value.canConvertToInt();
        if (!fits || value.intValue() < least || value.intValue() > most) {
            throw wrong(name, value, "a whole number from " + least + " to " + most);
        }
        return value.intValue();
    }

    @Nullable
    ObjectNode optionalObject(String name) throws InvalidFieldException {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw wrong(name, value, "an object");
    }

    static InvalidFieldException missing(String name, String expected) {
        return new InvalidFieldException(name + ": missing (expected: " + expected + ")");
    }

    static InvalidFieldException wrong(String name, String value, String expected) {
        return new InvalidFieldException(name + ": \"" + Excerpt.of(value) + "\" (expected: " + expected + ")");
    }

    static InvalidFieldException wrong(String name, JsonNode value, String expected) {
        return new InvalidFieldException(name + ": " + shown(value) + " (expected: " + expected + ")");
    }

    /** Containers are only named: writing out a large tree to show 200 bytes of it would be work an attacker can ask for. */
    private static String shown(JsonNode value) {
        switch (value.getNodeType()) {
            case OBJECT:
                return "an object";
            case ARRAY:
                return "an array";
            case STRING:
                return '"' + Excerpt.of(value.textValue()) + '"';
            default:
                return Excerpt.of(value.asText());
        }
    }
}
