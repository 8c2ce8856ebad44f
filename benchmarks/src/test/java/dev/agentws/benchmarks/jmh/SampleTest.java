package dev.agentws.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {
    @ParameterizedTest
    @ValueSource(strings = {"ascii", "escaped", "cjk", "thinking", "tool_input"})
    void allWhoAreMeasuredFindTheSameInAnEvent(String script) throws IOException {
        Sample sample = Sample.of(script, 200);
        JacksonPath jackson = new JacksonPath(sample.kind());
        ByteBuf event = Unpooled.wrappedBuffer(sample.event());
        assertThat(sample.escaped().getBytes(StandardCharsets.UTF_8)).hasSize(200);
        assertThat(jackson.streamingLength(event)).isEqualTo(200);
        assertThat(jackson.treeText(event)).isEqualTo(jackson.decoded(sample.escaped()));
        String json =
                event.toString(StandardCharsets.UTF_8).lines().toList().get(1).substring("data: ".length());
        assertThat(new PlainLines().feed(event)).isEqualTo(json.length());
    }

    @Test
    void theInputOfAToolIsJsonInAString() throws IOException {
        String decoded = new JacksonPath(Sample.Kind.TOOL_INPUT)
                .decoded(Sample.of("tool_input", 200).escaped());
        // the first of several
        JsonNode input = new ObjectMapper().readTree(decoded);
        assertThat(input.path("content").asText()).isEqualTo("if (x == \"a\") {\n    run();\n}\n");
    }
}
