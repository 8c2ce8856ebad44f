package dev.agentws.benchmarks.load;

import dev.agentws.benchmarks.load.Scenario.Stream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Knows the text of every delta: six hex digits of its number, a colon, twelve of the nanosecond it was sent in, a space, the padding.
 * Immutable.
 */
final class DeltaCheck {
    private static final int STAMP = 20;
    private static final long STAMP_MASK = (1L << 48) - 1;

    private final byte[] padding;

    DeltaCheck(Stream stream) {
        this.padding = padding(stream.script(), stream.pad()).getBytes(StandardCharsets.UTF_8);
    }

    /** As the simulator makes it. */
    private static String padding(String script, int bytes) {
        return switch (script) {
            case "cjk" -> repeat("漢字仮名交", bytes / 3) + "x".repeat(bytes % 3);
            case "escape" -> repeat("a\"b\\c\n", bytes);
            default -> "x".repeat(bytes);
        };
    }

    private static String repeat(String pattern, int characters) {
        return pattern.repeat(characters / pattern.length() + 1).substring(0, characters);
    }

    /** Bytes of the text of one delta. */
    int unit() {
        return STAMP + padding.length;
    }

    /** Whether at this place is the delta of this number, whole and with its padding. */
    boolean holds(byte[] text, int at, long number) {
        return hex(text, at, 6) == (number & 0xffffff)
                && text[at + 6] == ':'
                && text[at + 19] == ' '
                && Arrays.equals(text, at + STAMP, at + unit(), padding, 0, padding.length);
    }

    /** The number that the delta at this place says it has; -1 if it says none. */
    static long number(byte[] text, int at) {
        return hex(text, at, 6);
    }

    /** Nanoseconds since the delta at this place was sent, by the machine's monotonic clock. */
    static long age(byte[] text, int at, long now) {
        return (now - hex(text, at + 7, 12)) & STAMP_MASK;
    }

    private static long hex(byte[] text, int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
