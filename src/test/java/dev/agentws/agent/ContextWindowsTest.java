package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.agent.cost.ContextRules;
import dev.agentws.agent.cost.ContextWindows;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextWindowsTest {
    @ParameterizedTest
    @CsvSource({
        "claude-sonnet-5-5, 1000000",
        "claude-opus-4-6-20260205, 1000000",
        "claude-haiku-5-5, 1000000",
        "claude-haiku-4-5-20251001, 200000",
        "claude-sonnet-4-5, 200000",
        "claude-sonnet-4-5[1m], 1000000",
        "glm-5, 200000",
    })
    void theWindowIsThatOfTheModelsLine(String model, long tokens) {
        assertThat(ContextWindows.published().of(model)).isEqualTo(tokens);
    }

    @Test
    void oneWindowForAllWinsOverTheTable() {
        assertThat(ContextWindows.always(32_768).of("claude-sonnet-4-5[1m]")).isEqualTo(32_768);
    }

    @Test
    void theThresholdIsAPartOfTheWindowOrNone() {
        assertThat(ContextRules.usual().compactAt("claude-haiku-4-5")).isEqualTo(160_000);
        assertThat(new ContextRules(ContextWindows.published(), 0).compactAt("claude-haiku-4-5"))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void valuesThatMakeNoSenseAreNamed() {
        assertThatThrownBy(() -> new ContextRules(ContextWindows.published(), 96))
                .hasMessage("compactAtPercent: 96 (expected: 0 to 95)");
        assertThatThrownBy(() -> new ContextWindows(Map.of("m", 0L)))
                .hasMessage("window of m: 0 (expected: at least 1)");
    }
}
