package dev.agentws.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What may be a record. */
final class EntryTest {
    @Test
    void aLineBreakIsFoundWhereverItIs() {
        for (int length = 3; length < 40; length++) {
            for (int at = 1; at < length - 1; at++) {
                byte[] json = ("{" + "\u008a".repeat(length - 2) + "}").getBytes(ISO_8859_1);
                json[at] = '\n';
                assertThatThrownBy(() -> new Entry(1, "frame", json))
                        .hasMessageContaining("expected: one JSON object without line breaks");
            }
        }
    }

    @Test
    void noOtherByteIsTakenForALineBreak() {
        for (int b = 0; b < 256; b++) {
            if (b != '\n') {
                byte[] json = ("{" + String.valueOf((char) b).repeat(21) + "}").getBytes(ISO_8859_1);
                assertThatCode(() -> new Entry(1, "frame", json)).doesNotThrowAnyException();
            }
        }
    }
}
