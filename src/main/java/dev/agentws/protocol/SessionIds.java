package dev.agentws.protocol;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rule for session ids: 1 to 128 printable characters, where every spelling of a UUID is one id. */
public final class SessionIds {
    /** The longest id, in characters (code points). */
    public static final int MAX_CHARACTERS = 128;

    // Longer than any spelling of a UUID, so that long ids skip the pattern.
    private static final int LONGEST_UUID = 48;
    private static final Pattern UUID = Pattern.compile(
            "(?:urn:uuid:)?(\\{)?([0-9a-f]{8})(-?)([0-9a-f]{4})\\3([0-9a-f]{4})\\3([0-9a-f]{4})\\3([0-9a-f]{12})(\\})?",
            Pattern.CASE_INSENSITIVE);

    private SessionIds() {}

    /**
     * The canonical spelling: a UUID in any spelling (upper case, braces, {@code urn:uuid:}, no hyphens) becomes lower case with
     * hyphens, anything else stays as it is.
     *
     * @return null if the text is no session id: empty, too long, or with characters that do not print
     */
    public static @Nullable String canonical(String text) {
        if (!printable(text, MAX_CHARACTERS)) {
            return null;
        }
        if (text.length() > LONGEST_UUID) {
            return text;
        }
        Matcher uuid = UUID.matcher(text);
        boolean braced = uuid.matches() && uuid.group(1) != null;
        if (!uuid.matches() || braced != (uuid.group(8) != null)) {
            return text;
        }
        return String.join("-", uuid.group(2), uuid.group(4), uuid.group(5), uuid.group(6), uuid.group(7))
                .toLowerCase(Locale.ROOT);
    }

    /** Whether the text has 1 to {@code max} characters, none of them a control, a format mark, a lone surrogate or unassigned. */
    static boolean printable(String text, int max) {
        if (text.isEmpty() || text.length() > 2 * max || text.codePointCount(0, text.length()) > max) {
            return false;
        }
        return text.codePoints().allMatch(SessionIds::prints);
    }

    private static boolean prints(int codePoint) {
        switch (Character.getType(codePoint)) {
            case Character.CONTROL:
            case Character.FORMAT:
            case Character.SURROGATE:
            case Character.UNASSIGNED:
            case Character.PRIVATE_USE:
            case Character.LINE_SEPARATOR:
            case Character.PARAGRAPH_SEPARATOR:
                return false;
            default:
                return true;
        }
    }
}
