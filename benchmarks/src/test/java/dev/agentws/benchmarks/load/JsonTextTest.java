package dev.agentws.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void everyEscapeBecomesItsCharacter() {
        assertThat(decoded("a\\\"\\\\\\/\\b\\f\\n\\r\\tz")).isEqualTo("a\"\\/\b\f\n\r\tz");
        assertThat(decoded("\\u0041\\u00e9\\u6f22\\ud83d\\ude00漢")).isEqualTo("Aé漢\ud83d\ude00漢");
    }

    @Test
    void anEscapeThatIsNoneIsRefused() {
        for (String bad : new String[] {"\\x", "\\", "\\u12", "\\u12g4"}) {
            byte[] bytes = bad.getBytes(StandardCharsets.UTF_8);
            assertThat(JsonText.decode(bytes, 0, bytes.length, new byte[16]))
                    .as(bad)
                    .isEqualTo(-1);
        }
    }

    private static String decoded(String escaped) {
        byte[] bytes = escaped.getBytes(StandardCharsets.UTF_8);
        byte[] to = new byte[bytes.length];
        return new String(to, 0, JsonText.decode(bytes, 0, bytes.length, to), StandardCharsets.UTF_8);
    }
}
