package dev.agentws.journal.files;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Session ids as names of directories. Lower-case letters, digits, {@code _} and {@code -} stand for themselves, every other byte of
 * the UTF-8 becomes {@code %xx}, upper case too, because some file systems do not tell it from lower case. What would be too long for a
 * name becomes {@code ~} and a digest; the id itself then lies in a file within.
 */
final class SessionNames {
    private static final int LONGEST = 200;
    private static final HexFormat HEX = HexFormat.of();

    private SessionNames() {}

    static String encode(String sessionId) {
        String name = escape(sessionId);
        return name.length() <= LONGEST ? name : "~" + digest(sessionId.getBytes(StandardCharsets.UTF_8));
    }

    /** The same, however long; {@link #decode} always has it back. */
    static String escape(String sessionId) {
        byte[] bytes = sessionId.getBytes(StandardCharsets.UTF_8);
        StringBuilder name = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            if (isPlain((char) (b & 0xff))) {
                name.append((char) b);
            } else {
                name.append('%').append(HEX.toHexDigits(b));
            }
        }
        return name.toString();
    }

    /** The id, or null when the name does not hold it. */
    static @Nullable String decode(String name) {
        byte[] bytes = new byte[name.length()];
        int length = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '%' && i + 2 < name.length() && isHex(name.charAt(i + 1)) && isHex(name.charAt(i + 2))) {
                bytes[length++] = (byte) HexFormat.fromHexDigits(name, i + 1, i + 3);
                i += 2;
            } else if (isPlain(c)) {
                bytes[length++] = (byte) c;
            } else {
                return null;
            }
        }
        String sessionId = new String(bytes, 0, length, StandardCharsets.UTF_8);
        // Others that would mean the same are not ours.
        return escape(sessionId).equals(name) ? sessionId : null;
    }

    private static boolean isHex(char c) {
        return HexFormat.isHexDigit(c);
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    private static String digest(byte[] bytes) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
