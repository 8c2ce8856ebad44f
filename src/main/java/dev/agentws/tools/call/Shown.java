package dev.agentws.tools.call;

/** Text of the model on its way to a person's eyes: one line, nothing invisible, not too long. */
public final class Shown {
    private Shown() {}

    /** Control and direction characters become visible escapes, so that a command cannot hide part of itself. */
    public static String line(String text, int maxChars) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (line.length() >= maxChars) {
                return line.append("... (")
                        .append(text.length())
                        .append(" chars)")
                        .toString();
            }
            append(line, c);
            i += Character.charCount(c);
        }
        return line.toString();
    }

    private static void append(StringBuilder line, int c) {
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\t' -> line.append("\\t");
            case '\r' -> line.append("\\r");
            default -> {
                if (hidden(c)) {
                    line.append(String.format("\\u{%x}", c));
                } else {
                    line.appendCodePoint(c);
                }
            }
        }
    }

    private static boolean hidden(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
