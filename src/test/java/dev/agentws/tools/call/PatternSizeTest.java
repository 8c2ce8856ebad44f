package dev.agentws.tools.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternSizeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "a{1000}",
                "(a{10}){10}",
                "(?:ab|cd){3,7}",
                "((x+){2,}y?){9}",
                "[a{5}]{9}",
                "[]a]{40}",
                "[^]{9}]{40}",
                "[[:alpha:]]{50}",
                "\\p{Greek}{50}",
                "\\x{41}{50}",
                "\\Qa{999}\\E{3}",
                "\\{5}",
                "(a(b(c{9}){9}){9}){9}",
                "x{2}y{3}|z{4}"
            })
    void itIsAtMostLittleLessThanTheProgram(String pattern) {
        long program = Pattern.compile(pattern).programSize();
        assertThat(PatternSize.of(pattern)).isBetween(program / 2, program * 3 + 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{1000}){1000}){1000}",
                "((((a{999}){999}){999}){999}){999}",
                "(((((((a{1000}){1000}){1000}){1000}){1000}){1000}){1000}){1000}",
                "(?:(?:\\w{1,100}){1,100}){1,100}"
            })
    void whatWouldFillTheMemoryIsKnownBeforehand(String pattern) {
        assertThat(PatternSize.isTooLarge(pattern)).isTrue();
    }

    @Test
    void braceThatRepeatsNothingIsAnOrdinaryCharacter() {
        assertThat(PatternSize.of("a{,5}")).isLessThan(10);
        assertThat(PatternSize.of("{")).isEqualTo(1);
        assertThat(PatternSize.of("a{99999999999}")).isLessThan(20);
        assertThat(PatternSize.of("[")).isEqualTo(1);
        assertThat(PatternSize.of("\\")).isEqualTo(1);
        assertThat(PatternSize.of("((")).isZero();
    }
}
