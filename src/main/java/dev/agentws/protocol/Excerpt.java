package dev.agentws.protocol;

/** What an answer may repeat of a client's input: little, and nothing that is not text. */
final class Excerpt {
    /** The most bytes (UTF-8) of input in one answer's text. */
    static final int MAX_BYTES = 200;

    private Excerpt() {}

    /** The text itself, or its beginning and an ellipsis, at most {@link #MAX_BYTES} bytes in all; controls become spaces. */
    static String of(String text) {
        StringBuilder cut = new StringBuilder(Math.min(text.length(), MAX_BYTES));
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            at += Character.charCount(codePoint);
            int shown = visible(codePoint);
            bytes += utf8Bytes(shown);
            // Three bytes are kept free for the ellipsis.
            if ((bytes > MAX_BYTES - 3 && at < text.length()) || bytes > MAX_BYTES) {
                return cut.append('\u2026').toString();
            }
            cut.appendCodePoint(shown);
        }
        return cut.toString();
    }

    private static int visible(int codePoint) {
        if (Character.isISOControl(codePoint)) {
            return ' ';
        }
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE ? '\uFFFD' : codePoint;
    }

    private static int utf8Bytes(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
