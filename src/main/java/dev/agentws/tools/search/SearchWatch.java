package dev.agentws.tools.search;

/**
 * Lets a search inside one long text be stopped: the text itself looks at the clock and the interrupt every so many characters.
 * Confined to one call.
 */
final class SearchWatch {
    /** The search took too long, or its call was cancelled. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    private static final int CHARS_BETWEEN_LOOKS = 1 << 16;
    private static final int SHORT_TEXT_CHARS = 2_048;

    private final FileWalk walk;
    private int chars;

    SearchWatch(FileWalk walk) {
        this.walk = walk;
    }

    /** The text, watched if it is long enough to matter. */
    CharSequence over(String text) {
        look(Math.min(text.length(), SHORT_TEXT_CHARS) + 1);
        return text.length() <= SHORT_TEXT_CHARS ? text : new Watched(text);
    }

    /** So much was gone through. */
    void look(int more) {
        chars += more;
        if (chars >= CHARS_BETWEEN_LOOKS) {
            chars = 0;
            if (Thread.currentThread().isInterrupted() || walk.outOfTime()) {
                throw new Stopped();
            }
        }
    }

    private final class Watched implements CharSequence {
        private final String text;

        Watched(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            look(1);
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
