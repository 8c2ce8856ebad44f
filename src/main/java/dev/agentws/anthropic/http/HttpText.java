package dev.agentws.anthropic.http;

/** The character classes of HTTP/1.1 (RFC 9110 section 5). Stateless. */
public final class HttpText {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HttpText() {}

    public static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(HttpText::isTokenChar);
    }

    static boolean isTokenChar(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (c > 0 && TOKEN_MARKS.indexOf(c) >= 0);
    }

    /** Whether this may be sent as the value of a header: ASCII, no control character but the tab. */
    public static boolean isFieldValue(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c < 0x7F));
    }

    /** Whether a byte of the line of a response, read as 0 to 255, is allowed in a header value or a reason phrase. */
    static boolean isFieldByte(int b) {
        return b == '\t' || (b >= 0x20 && b != 0x7F);
    }

    /** The text with everything that could disturb a log line or a terminal replaced by a question mark. */
    public static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean harmful = type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR;
            clean.appendCodePoint(harmful ? '?' : c);
        });
        return clean.toString();
    }
}
