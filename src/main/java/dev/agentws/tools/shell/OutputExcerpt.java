package dev.agentws.tools.shell;

/** Keeps the beginning and the end of a long output in bounded memory. Confined to one call. */
final class OutputExcerpt {
    private final int limit;
    private final StringBuilder head = new StringBuilder();
    private final StringBuilder tail = new StringBuilder();
    private long total;

    /** @param limit the most chars {@link #text} can give */
    OutputExcerpt(int limit) {
        this.limit = limit;
    }

    void add(String piece) {
        total += piece.length();
        int room = Math.min(piece.length(), limit - head.length());
        head.append(piece, 0, room);
        tail.append(piece, room, piece.length());
        // Trimmed at double the need, so that each char is moved once at most.
        if (tail.length() > 2 * limit) {
            tail.delete(0, tail.length() - limit);
        }
    }

    long total() {
        return total;
    }

    /** The whole output, or its two ends with a notice between them when it has more than {@code most} chars. */
    String text(int most) {
        if (total <= most) {
            return head.toString();
        }
        int half = most / 2;
        String start = head.substring(0, wholeCharacters(head, half));
        String both = tail.length() >= half ? tail.toString() : head.toString() + tail;
        int from = both.length() - half;
        if (Character.isLowSurrogate(both.charAt(from))) {
            from++;
        }
        String end = both.substring(from);
        long left = total - start.length() - end.length();
        return start + "\n\n... [" + left + " of " + total + " characters left out here] ...\n\n" + end;
    }

    /** The beginning. */
    String head(int most) {
        return head.length() <= most ? head.toString() : head.substring(0, wholeCharacters(head, most));
    }

    private static int wholeCharacters(CharSequence text, int end) {
        return end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
    }
}
