package dev.agentws.server;

import java.util.regex.Pattern;

/**
 * A setting that stops the start. The message is the one line a user sees: it names the setting, where it came from, the value
 * (never a secret one) and what was expected.
 */
public final class BadSetting extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_VALUE = 200;
    /** The part of a URL where a password stands. */
    private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");

    BadSetting(String message) {
        super(message);
    }

    static BadSetting value(String name, String shown, String source, String expected) {
        return new BadSetting(name + ": " + printable(shown) + " (from " + source + "; expected: " + expected + ")");
    }

    /** A value on one line of readable length: a stray line break or escape sequence must not forge the output, and no password in a URL shows. */
    static String printable(String raw) {
        String value = USER_INFO.matcher(raw).replaceAll("//" + Secret.MASK + "@");
        StringBuilder line = new StringBuilder(Math.min(value.length(), LONGEST_VALUE) + 3);
        value.codePoints().limit(LONGEST_VALUE).forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        if (value.length() > LONGEST_VALUE) {
            line.append("...");
        }
        return line.isEmpty() ? "(empty)" : line.toString();
    }
}
