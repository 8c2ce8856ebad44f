package dev.agentws.simulator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MarkersTest {
    @Test
    void valuesAndFlagsAreReadFromAllMarkersOfAText() {
        Markers good = Markers.in("a [[n=2000, crlf]] b [[bytes,kind=thinking]]");

        assertThat(good.problem()).isNull();
        assertThat(good.number("n", 1)).isEqualTo(2000);
        assertThat(good.number("pad", 5)).isEqualTo(5);
        assertThat(good.has("crlf")).isTrue();
        assertThat(good.has("bytes")).isTrue();
        assertThat(good.word("kind", "text")).isEqualTo("thinking");
    }

    @Test
    void theInputOfAToolMayHoldBracketsAndCommas() {
        Markers markers = Markers.in("[[tool=Bash {\"command\":\"[[ -f x ]], a\"}]][[tool=Glob]]");

        assertThat(markers.tools())
                .containsExactly(
                        new Markers.ToolCall("Bash", "{\"command\":\"[[ -f x ]], a\"}"),
                        new Markers.ToolCall("Glob", "{}"));
        assertThat(markers.problem()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no marker", "if [[ -f x ]]; then", "[[", "see [[Page]]", "a[[0]]"})
    void otherBracketsAreOrdinaryText(String text) {
        assertThat(Markers.in(text).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[[n=abc]] | marker: n=abc (expected: 0 to 16777215)",
                "[[n=16777216]] | marker: n=16777216 (expected: 0 to 16777215)",
                "[[n]] | marker: n (expected: n=VALUE)",
                "[[refusal=1]] | marker: refusal=1 (expected: refusal alone)",
                "[[error=418]] | marker: error=418 (expected: one of [400, 401, 404, 413, 429, 500, 529])",
                "[[deviant=x]] | marker: deviant=x (expected: one of [litellm, llamacpp, ollama, vllm])",
                "[[n=1 | marker: n (expected: a closing ]])",
                "[[n=1,foo=2]] | marker: foo (expected: a known name)",
                "[[tool]] | marker: tool (expected: tool=NAME {INPUT})",
                "[[tool=A {x}]] | marker: tool=A (expected: input as a JSON object)",
            })
    void aKnownNameWithAnImpossibleValueIsAProblem(String text, String problem) {
        assertThat(Markers.in(text).problem()).isEqualTo(problem);
    }
}
