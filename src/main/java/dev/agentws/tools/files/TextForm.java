package dev.agentws.tools.files;

/**
 * How a text is stored, which the model neither sees nor writes.
 *
 * @param mark whether it begins with a byte order mark
 * @param windows whether all its lines end with {@code \r\n}
 */
record TextForm(boolean mark, boolean windows) {
    static final TextForm PLAIN = new TextForm(false, false);

    private static final String MARK = "\uFEFF";

    static TextForm of(String text) {
        int at = text.indexOf('\n');
        boolean windows = at >= 0;
        while (windows && at >= 0) {
            windows = at > 0 && text.charAt(at - 1) == '\r';
            at = text.indexOf('\n', at + 1);
        }
        return new TextForm(text.startsWith(MARK), windows);
    }

    /** The text in this form; a form the text has of itself stays. */
    String give(String text) {
        String lines = windows && !text.contains("\r\n") ? text.replace("\n", "\r\n") : text;
        return mark && !lines.startsWith(MARK) ? MARK + lines : lines;
    }

    /** What {@link #give} keeps, for the answer. */
    String words() {
        return !mark
                ? "Windows line endings"
                : windows ? "byte order mark and Windows line endings" : "byte order mark";
    }
}
