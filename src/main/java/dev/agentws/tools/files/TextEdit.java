package dev.agentws.tools.files;

/**
 * One replacement in a text. The model sees and writes {@code \n} only, so it is matched against the text with {@code \r\n} taken
 * as {@code \n}; all that is not replaced keeps its bytes, and what is put in takes the line ending of its place. Immutable.
 *
 * @param from not empty
 */
record TextEdit(String from, String to) {
    /** How often the text to replace occurs, without overlap. */
    int count(String text) {
        boolean windows = text.contains("\r\n");
        String seen = windows ? text.replace("\r\n", "\n") : text;
        String wanted = wanted(windows);
        int count = 0;
        for (int at = seen.indexOf(wanted); at >= 0; at = seen.indexOf(wanted, at + wanted.length())) {
            count++;
        }
        return count;
    }

    /** Replaces every occurrence. */
    String apply(String text) {
        boolean windows = text.contains("\r\n");
        String seen = windows ? text.replace("\r\n", "\n") : text;
        String wanted = wanted(windows);
        Original original = new Original(text, windows);
        StringBuilder result = new StringBuilder(text.length() + to.length());
        int done = 0;
        for (int at = seen.indexOf(wanted); at >= 0; at = seen.indexOf(wanted, at + wanted.length())) {
            int start = original.positionOf(at);
            result.append(text, done, start);
            result.append(windows ? withEnding(text, start) : to);
            done = original.positionOf(at + wanted.length());
        }
        return result.append(text, done, text.length()).toString();
    }

    private String wanted(boolean windows) {
        return windows ? from.replace("\r\n", "\n") : from;
    }

    private String withEnding(String text, int start) {
        int newline = text.indexOf('\n', start);
        if (newline < 0) {
            newline = text.indexOf('\n');
        }
        boolean windowsHere = newline > 0 && text.charAt(newline - 1) == '\r';
        String plain = to.replace("\r\n", "\n");
        return windowsHere ? plain.replace("\n", "\r\n") : plain;
    }

    /** Turns rising positions in the simplified text into positions in the original. */
    private static final class Original {
        private final String text;
        private final boolean windows;
        private int simple;
        private int real;

        Original(String text, boolean windows) {
            this.text = text;
            this.windows = windows;
        }

        int positionOf(int wanted) {
            if (!windows) {
                return wanted;
            }
            while (simple < wanted) {
                real += text.startsWith("\r\n", real) ? 2 : 1;
                simple++;
            }
            return real;
        }
    }
}
