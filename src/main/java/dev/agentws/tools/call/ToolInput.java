package dev.agentws.tools.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the input of one call field by field; {@link #end} then refuses what nobody asked for. Every failure names the field, its
 * value and what was expected. Confined to one call.
 */
public final class ToolInput {
    private static final int SHOWN_VALUE_CHARS = 100;

    private final JsonNode object;
    private final String place;
    private final TreeSet<String> known = new TreeSet<>();
    private final TreeSet<String> tolerated = new TreeSet<>();

    private ToolInput(JsonNode object, String place) {
        this.object = object;
        this.place = place;
    }

    public static ToolInput of(JsonNode input) throws ToolFailure {
        if (!input.isObject()) {
            throw new ToolFailure("input: " + shown(input) + " (expected: an object)");
        }
        return new ToolInput(input, "");
    }

    /** A string that must be there; it may be empty. */
    public String text(String name) throws ToolFailure {
        String value = optionalText(name);
        if (value == null) {
            throw missing(name, "a string");
        }
        return value;
    }

    /** A string that must be there and hold more than blanks. */
    public String filledText(String name) throws ToolFailure {
        String value = text(name);
        if (value.isBlank()) {
            throw wrong(name, "a string that is not blank");
        }
        return value;
    }

    /** A string under one of two names, which must be there and hold more than blanks. */
    public String either(String name, String other) throws ToolFailure {
        if (object.has(name) && object.has(other)) {
            throw wrong(other, "absent, as " + name + " is there too");
        }
        return filledText(object.has(other) ? other : name);
    }

    public @Nullable String optionalText(String name) throws ToolFailure {
        JsonNode value = field(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(name, "a string");
        }
        return value.textValue();
    }

    public boolean has(String name) {
        return field(name) != null;
    }

    public boolean flag(String name, boolean fallback) throws ToolFailure {
        JsonNode value = field(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.booleanValue();
    }

    /** A whole number of at least {@code least}; {@code fallback} when it is absent. */
    public long number(String name, long fallback, long least) throws ToolFailure {
        JsonNode value = field(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isNumber()
                || !value.canConvertToExactIntegral()
                || !value.canConvertToLong()
                || value.longValue() < least) {
            boolean tooLarge = value.isNumber() && value.doubleValue() >= Long.MAX_VALUE;
            throw wrong(
                    name,
                    tooLarge
                            ? "a whole number from " + least + " to " + Long.MAX_VALUE
                            : "a whole number of at least " + least);
        }
        return value.longValue();
    }

    /** As {@link #number}, held within an int: what is larger means "all" anyway. */
    public int count(String name, int fallback) throws ToolFailure {
        return (int) Math.min(Integer.MAX_VALUE, number(name, fallback, 0));
    }

    public String choice(String name, String fallback, List<String> choices) throws ToolFailure {
        String value = optionalText(name);
        if (value == null) {
            return fallback;
        }
        if (!choices.contains(value)) {
            throw wrong(name, "one of " + String.join(", ", choices));
        }
        return value;
    }

    /** The objects of an array that must be there. */
    public List<ToolInput> objects(String name) throws ToolFailure {
        JsonNode array = field(name);
        if (array == null) {
            throw missing(name, "an array of objects");
        }
        if (!array.isArray()) {
            throw wrong(name, "an array of objects");
        }
        List<ToolInput> inputs = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            String inner = place + name + "[" + i + "]";
            if (!array.get(i).isObject()) {
                throw new ToolFailure(inner + ": " + shown(array.get(i)) + " (expected: an object)");
            }
            inputs.add(new ToolInput(array.get(i), inner + "."));
        }
        return inputs;
    }

    /** The strings of an object that may be absent. Lists of strings, as from a choice of several, are joined. */
    public Map<String, String> textMap(String name) throws ToolFailure {
        JsonNode value = field(name);
        Map<String, String> texts = new LinkedHashMap<>();
        if (value == null || value.isNull()) {
            return texts;
        }
        for (Map.Entry<String, JsonNode> each : value.properties()) {
            JsonNode inner = each.getValue();
            StringJoiner joined = new StringJoiner(", ");
            inner.forEach(element -> joined.add(element.asText()));
            texts.put(each.getKey(), inner.isArray() ? joined.toString() : inner.asText());
        }
        if (!value.isObject()) {
            throw wrong(name, "an object of strings");
        }
        return texts;
    }

    /** Refuses a switch that is known from elsewhere and turned on. */
    public void unsupported(String name) throws ToolFailure {
        if (flag(name, false)) {
            throw new ToolFailure(place + name + ": true (expected: false or absent; it is not supported yet)");
        }
        known.remove(name);
        tolerated.add(name);
    }

    /** Refuses fields that no reader asked for. Call it after the last field was read. */
    public void end() throws ToolFailure {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name) && !tolerated.contains(name)) {
                throw new ToolFailure(
                        place + cut(name) + ": unknown field (expected only: " + String.join(", ", known) + ")");
            }
        }
    }

    /** The failure for a field whose value was read and found wrong. */
    public ToolFailure wrong(String name, String expected) {
        return new ToolFailure(place + name + ": " + shown(object.path(name)) + " (expected: " + expected + ")");
    }

    private ToolFailure missing(String name, String expected) {
        return new ToolFailure(place + name + ": missing (expected: " + expected + ")");
    }

    private @Nullable JsonNode field(String name) {
        known.add(name);
        return object.get(name);
    }

    private static String shown(JsonNode value) {
        return cut(value.toString());
    }

    private static String cut(String text) {
        return text.length() <= SHOWN_VALUE_CHARS ? text : text.substring(0, SHOWN_VALUE_CHARS) + "...";
    }
}
