package dev.agentws.agent.options;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentws.agent.options.SessionOptions.Invalid;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFormatTest {
    private static final String CITY = """
            {"type":"object","properties":{"name":{"type":"string"},"people":{"type":"integer","minimum":0}},\
            "required":["name"],"additionalProperties":false}""";

    private static OutputFormat of(String schema) throws Invalid {
        try {
            OutputFormat format = Objects.requireNonNull(OutputFormat.read(
                    new ObjectMapper().readTree("{\"type\":\"json_schema\",\"schema\":" + schema + "}")));
            format.require();
            return format;
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"Ulm\",\"people\":126000}",
                "  {\"name\":\"Ulm\"}\n",
                "```json\n{\"name\":\"Ulm\"}\n```",
            })
    void anAnswerThatFitsIsTaken(String answer) throws Invalid {
        OutputFormat.Check check = of(CITY).check(answer);
        assertThat(check.problems()).isEmpty();
        assertThat(new String(Objects.requireNonNull(check.json()), UTF_8)).startsWith("{\"name\":\"Ulm\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Here you are: {}     | it is not one JSON value: line 1, column 1",
                "{\"name\":\"Ulm\"} {} | it is not one JSON value",
                "{\"name\":1}          | /name: ",
                "{}                    | required property 'name' not found",
                "{\"name\":\"a\",\"people\":-1} | /people: ",
            })
    void whatDoesNotFitIsSaidWithItsPlace(String answer, String problem) throws Invalid {
        OutputFormat.Check check = of(CITY).check(answer);
        assertThat(check.json()).isNull();
        assertThat(check.problems().get(0)).startsWith(problem);
    }

    @Test
    void anEmptyAnswerDoesNotFit() throws Invalid {
        assertThat(of("{}").check("").problems()).containsExactly("it is empty");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"strin\"}                          | output_format.schema/type: ",
                "{\"properties\":{\"a\":{\"minimum\":\"x\"}}} | output_format.schema/properties/a/minimum: ",
                "{\"$ref\":\"http://127.0.0.1:1/x\"}           | output_format.schema.$ref: http://127.0.0.1:1/x (expected: a reference within",
                "{\"items\":{\"$ref\":\"file:///etc/passwd\"}} | output_format.schema.items.$ref: file:///etc/passwd",
                "{\"$ref\":\"#/definitions/none\"}             | output_format.schema: ",
                "{\"pattern\":\"(\"}                           | output_format.schema",
                "[]                                            | output_format.schema: not an object",
                "{\"$schema\":\"http://example.com/own\"}      | output_format.schema.$schema: http://example.com/own",
            })
    void aSchemaThatIsNoneIsRefusedWithThePlace(String schema, String message) {
        assertThatThrownBy(() -> of(schema)).isInstanceOf(Invalid.class).hasMessageStartingWith(message);
    }

    @Test
    void anotherTypeOfFormatIsRefused() {
        assertThatThrownBy(() -> OutputFormat.read(new ObjectMapper().readTree("{\"type\":\"xml\"}")))
                .hasMessage("output_format.type: xml (expected: json_schema)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"additionalProperties\":false} | true",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}                               | false",
                "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":2}}                               | false",
                "{\"anyOf\":[{\"type\":\"string\"},{\"enum\":[1,2]}]}                                               | true",
                "{}                                                                                                   | false",
            })
    void theApiIsOnlyAskedForWhatItUnderstands(String schema, boolean fits) throws Invalid {
        assertThat(of(schema).fitsTheApi()).isEqualTo(fits);
    }
}
