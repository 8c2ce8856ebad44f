package dev.agentws.journal.files;

import dev.agentws.journal.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One entry as a line: {@code {"seq":7,"kind":"frame","data":{...},"more":true,"crc":"0a1b2c3d"}}. The check covers the bytes before
 * {@code ,"crc"}; {@code more} stands in every entry of a batch but the last, so that a batch cut by a crash is known as cut.
 *
 * <p>The form is exact, not any JSON: what reads it looks at fixed places only.
 */
final class RecordLine {
    static final byte[] SEQ = ascii("{\"seq\":");
    static final byte[] KIND = ascii(",\"kind\":\"");
    static final byte[] DATA = ascii("\",\"data\":");
    static final byte[] MORE = ascii(",\"more\":true");

    private static final byte[] CRC = ascii(",\"crc\":\"");
    private static final byte[] END = ascii("\"}");
    private static final int CRC_DIGITS = 8;
    /** Length of everything from {@code ,"crc"} on. */
    static final int CHECK_LENGTH = CRC.length + CRC_DIGITS + END.length;

    private static final byte[] DIGITS = ascii("0123456789abcdef");

    private RecordLine() {}

    /** Puts down what stands behind an entry or any other checked line, line break included: {@link #CHECK_LENGTH} and one bytes. */
    static void check(int crc, byte[] to, int at) {
        System.arraycopy(CRC, 0, to, at, CRC.length);
        for (int i = 0; i < CRC_DIGITS; i++) {
            to[at + CRC.length + i] = DIGITS[(crc >>> (28 - 4 * i)) & 0xf];
        }
        System.arraycopy(END, 0, to, at + CRC.length + CRC_DIGITS, END.length);
        to[at + CHECK_LENGTH] = '\n';
    }

    /** Whether the line, without its line break, is an entry as it was written. */
    static boolean intact(byte[] bytes, int start, int end) {
        return at(bytes, start, end, SEQ) && checked(bytes, start, end);
    }

    /** Whether a line of any form, without its line break, is what was written. */
    static boolean checked(byte[] bytes, int start, int end) {
        int covered = end - CHECK_LENGTH;
        if (covered < start) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, covered - start);
        byte[] expected = new byte[CHECK_LENGTH + 1];
        check((int) crc.getValue(), expected, 0);
        return Arrays.equals(bytes, covered, end, expected, 0, CHECK_LENGTH);
    }

    /** Whether an intact line is followed by more of its batch. */
    static boolean more(byte[] bytes, int start, int end) {
        int from = end - CHECK_LENGTH - MORE.length;
        return from >= start && at(bytes, from, end, MORE);
    }

    /** The number of the line, or -1 if this is no line. */
    static long seq(byte[] bytes, int start, int end) {
        if (!at(bytes, start, end, SEQ)) {
            return -1;
        }
        long seq = 0;
        int i = start + SEQ.length;
        for (; i < end && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            seq = 10 * seq + bytes[i] - '0';
        }
        return at(bytes, i, end, KIND) ? seq : -1;
    }

    /** The entry of a line; null when the line is not intact. */
    static @Nullable Entry decode(byte[] bytes, int start, int end) {
        long seq = intact(bytes, start, end) ? seq(bytes, start, end) : -1;
        if (seq < 0) {
            return null;
        }
        int kind = start + SEQ.length + Long.toString(seq).length() + KIND.length;
        int kindEnd = kind;
        while (bytes[kindEnd] != '"') {
            kindEnd++;
        }
        int json = kindEnd + DATA.length;
        int jsonEnd = end - CHECK_LENGTH - (more(bytes, start, end) ? MORE.length : 0);
        return new Entry(
                seq,
                new String(bytes, kind, kindEnd - kind, StandardCharsets.US_ASCII),
                Arrays.copyOfRange(bytes, json, jsonEnd));
    }

    private static boolean at(byte[] bytes, int from, int end, byte[] expected) {
        int to = from + expected.length;
        return to <= end && Arrays.equals(bytes, from, to, expected, 0, expected.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
