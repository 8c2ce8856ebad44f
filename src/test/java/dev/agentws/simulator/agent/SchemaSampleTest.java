package dev.agentws.simulator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.api.JsonBodies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SchemaSampleTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":3},\"b\":{\"enum\":[\"x\"]}}} | {\"a\":3,\"b\":\"x\"}",
                "{\"type\":\"array\",\"minItems\":2,\"items\":{\"type\":\"boolean\"}} | [true,true]",
                "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]} | null",
                "{\"type\":\"string\",\"minLength\":10} | \"simulatedsimulated\"",
                "{\"const\":{\"k\":1}} | {\"k\":1}",
            })
    void theSampleFitsTheSchema(String schema, String sample) throws Exception {
        assertThat(SchemaSample.wanted(
                        JsonBodies.read("{\"output_config\":{\"format\":{\"schema\":" + schema + "}}}"), ""))
                .hasValueSatisfying(value -> assertThat(value.toString()).isEqualTo(sample));
        assertThat(SchemaSample.wanted(JsonBodies.read("{}"), "Fit this JSON Schema: " + schema))
                .hasValueSatisfying(value -> assertThat(value.toString()).isEqualTo(sample));
    }

    @Test
    void wordsWithoutASchemaWantNothing() throws Exception {
        assertThat(SchemaSample.wanted(JsonBodies.read("{}"), "Be kind.")).isEmpty();
        assertThat(SchemaSample.wanted(JsonBodies.read("{}"), "JSON Schema: none"))
                .isEmpty();
    }
}
