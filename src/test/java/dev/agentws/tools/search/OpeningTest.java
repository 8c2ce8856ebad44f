package dev.agentws.tools.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpeningTest {
    private static @Nullable Opening of(String pattern) {
        return Opening.of(Objects.requireNonNull(PatternReader.read(pattern, false)));
    }

    private static int find(String pattern, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return Objects.requireNonNull(of(pattern)).find(bytes, 0, bytes.length);
    }

    @Test
    void whatEveryMatchBeginsWithIsFound() {
        assertThat(find("\\d{3}-\\d{4}", "call 12-3456 or 123-4567")).isEqualTo(16);
        assertThat(find("\\d{3}-\\d{4}", "call 12-3456")).isEqualTo(-1);
    }

    @Test
    void aByteThatMayBeNearlyAnythingIsLeftOutForWiderLeaps() {
        String calls = "\\b(get|set|is)[A-Z]\\w*\\(";
        assertThat(Objects.requireNonNull(of(calls)).usualLeap()).isGreaterThan(2);
        assertThat(find(calls, "a = b.getName()")).isEqualTo(6);
        assertThat(find(calls, "if isX() {")).isEqualTo(3);
        assertThat(find(calls, "nothing like that")).isEqualTo(-1);
    }

    @Test
    void whereNearlyAnythingMayBeginThereIsNone() {
        assertThat(of("\\w+x")).isNull();
        assertThat(of("a")).isNull();
    }
}
