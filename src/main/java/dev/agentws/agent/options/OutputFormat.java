package dev.agentws.agent.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.agentws.agent.options.SessionOptions.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The form in which a client wants final answers: JSON that fits a schema (draft 7). Thread-safe. */
public final class OutputFormat {
    private static final String DRAFT_7 = "http://json-schema.org/draft-07/schema";
    private static final int MOST_PROBLEMS = 10;
    private static final Pattern FENCED = Pattern.compile("(?s)```(?:json)?\\s*\\n(.*)\\n\\s*```");
    private static final ObjectReader JSON =
            new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What the API's own structured outputs understand of a schema; anything else it would refuse. */
    private static final Set<String> KEYWORDS_OF_THE_API = Set.of(
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "const",
            "anyOf",
            "title",
            "description");

    private final JsonNode source;
    private final boolean fitsTheApi;
    private volatile @Nullable Schema schema;

    /**
     * What became of an answer.
     *
     * @param json the answer, JSON in UTF-8, or null if it does not fit
     * @param problems why it does not fit, a line each, for the model
     */
    public record Check(byte @Nullable [] json, List<String> problems) {}

    private OutputFormat(JsonNode source) {
        this.source = source;
        this.fitsTheApi = fitsTheApi(source);
    }

    /** Looks at the outside only; {@link #require} does the rest. */
    static @Nullable OutputFormat read(@Nullable JsonNode option) throws Invalid {
        if (option == null || option.isNull() || (option.isObject() && option.isEmpty())) {
            return null;
        }
        String type = option.path("type").asText();
        if (!type.equals("json_schema")) {
            throw new Invalid(
                    "output_format.type: " + (option.has("type") ? type : "missing") + " (expected: json_schema)");
        }
        JsonNode source = option.path("schema");
        if (!source.isObject()) {
            throw new Invalid("output_format.schema: not an object (expected: a JSON Schema, draft 7)");
        }
        requireDraft7(source);
        requireOwnReferences("output_format.schema", source);
        return new OutputFormat(source);
    }

    /**
     * Makes the schema usable. Reads the library's files the first time: not for event loops. Idempotent.
     *
     * @throws Invalid naming the place in the schema that is none
     */
    public void require() throws Invalid {
        if (schema == null) {
            schema = compiled();
        }
    }

    private Schema compiled() throws Invalid {
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_7,
                builder -> builder.schemaRegistryConfig(
                        SchemaRegistryConfig.builder().locale(Locale.ROOT).build()));
        try {
            List<Error> errors = registry.getSchema(SchemaLocation.of(DRAFT_7)).validate(source);
            if (!errors.isEmpty()) {
                throw new Invalid("output_format.schema" + line(errors.get(0)) + " (expected: a JSON Schema, draft 7)");
            }
            Schema usable = registry.getSchema(source);
            usable.initializeValidators();
            return usable;
        } catch (RuntimeException e) {
            // A pattern that is no regular expression, a reference to nowhere.
            throw new Invalid("output_format.schema: " + e.getMessage() + " (expected: a JSON Schema, draft 7)");
        }
    }

    private static void requireDraft7(JsonNode source) throws Invalid {
        JsonNode draft = source.get("$schema");
        if (draft != null
                && !draft.asText()
                        .replace("https:", "http:")
                        .replaceFirst("#$", "")
                        .equals(DRAFT_7)) {
            throw new Invalid("output_format.schema.$schema: " + draft.asText() + " (expected: " + DRAFT_7 + "#)");
        }
    }

    /** Nothing is fetched and no file is read for a schema. */
    private static void requireOwnReferences(String name, JsonNode node) throws Invalid {
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            JsonNode value = each.getValue();
            String at = name + "." + each.getKey();
            if (each.getKey().equals("$ref")
                    && value.isTextual()
                    && !value.textValue().startsWith("#")) {
                throw new Invalid(at + ": " + value.textValue() + " (expected: a reference within the schema, #/...)");
            }
            requireOwnReferences(at, value);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            requireOwnReferences(name + "[" + i + "]", node.get(i));
        }
    }

    private static boolean fitsTheApi(JsonNode node) {
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            JsonNode value = each.getValue();
            boolean fits =
                    switch (each.getKey()) {
                        case "properties" -> allFit(value);
                        case "items" -> value.isObject() && fitsTheApi(value);
                        case "anyOf" -> allFit(value);
                        default -> KEYWORDS_OF_THE_API.contains(each.getKey());
                    };
            if (!fits) {
                return false;
            }
        }
        JsonNode more = node.path("additionalProperties");
        boolean object = node.path("type").asText().equals("object") || node.has("properties");
        return node.isObject() && !node.isEmpty() && (!object || (more.isBoolean() && !more.asBoolean()));
    }

    private static boolean allFit(JsonNode schemas) {
        for (JsonNode each : schemas) {
            if (!fitsTheApi(each)) {
                return false;
            }
        }
        return true;
    }

    /** The schema as JSON text. */
    public String schemaText() {
        return source.toString();
    }

    /** Whether the API can be asked to write nothing else; otherwise only the model can. */
    public boolean fitsTheApi() {
        return fitsTheApi;
    }

    /** Holds an answer against the schema. May take long if the schema's patterns do: not for event loops. */
    public Check check(String answer) {
        Schema usable = schema;
        if (usable == null) {
            throw new IllegalStateException("schema: not made usable yet");
        }
        String text = answer.strip();
        Matcher fenced = FENCED.matcher(text);
        if (fenced.matches()) {
            text = fenced.group(1);
        }
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return new Check(
                    null,
                    List.of("it is not one JSON value: line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr()));
        }
        if (json.isMissingNode()) {
            return new Check(null, List.of("it is empty"));
        }
        List<String> problems = new ArrayList<>();
        for (Error error : usable.validate(json)) {
            if (problems.size() < MOST_PROBLEMS) {
                problems.add(line(error));
            }
        }
        return problems.isEmpty()
                ? new Check(json.toString().getBytes(StandardCharsets.UTF_8), problems)
                : new Check(null, problems);
    }

    private static String line(Error error) {
        String place = error.getInstanceLocation().toString();
        return place + (place.isEmpty() ? "" : ": ") + error.getMessage();
    }
}
