package dev.agentws.tools.search;

import org.jspecify.annotations.Nullable;

/**
 * Finds the lines that may match: by the texts a match needs where they are seldom enough, or by what it begins with, and by the
 * automaton of the expression.
 * Confined to one thread.
 */
final class Candidates {
    private static final int UNKNOWN = -2;
    /** Several short texts take longer to be found than a walk through the automaton. */
    private static final double MOST_STOPS_A_BYTE = 1;

    private final Prefilter prefilter;
    private final @Nullable LineScanner scanner;
    private final boolean byNeedles;
    private final @Nullable Opening opening;
    private final boolean plain;
    private final boolean exact;
    private int place = UNKNOWN;

    Candidates(GrepQuery query) {
        LineAutomaton automaton = query.plain() ? null : query.automaton();
        prefilter = new Prefilter(query.needles());
        scanner = automaton == null ? null : new LineScanner(automaton);
        double stops = query.needles().stream()
                .mapToDouble(needle -> 1.0 / needle.length())
                .sum();
        Opening start = automaton == null ? null : Opening.of(automaton);
        double leap = start == null ? 1 / MOST_STOPS_A_BYTE : start.usualLeap();
        byNeedles = automaton == null || (stops > 0 && 1 / stops >= leap);
        opening = byNeedles ? null : start;
        plain = query.plain();
        exact = automaton != null && automaton.exact();
    }

    /** Other bytes come. */
    void begin() {
        prefilter.begin();
        place = UNKNOWN;
    }

    /**
     * A place in the first line that may match, from its beginning to its newline or the end; or -1.
     *
     * @param from the beginning of a line; it only rises until {@link #begin} is called
     */
    int find(byte[] bytes, int from, int end) {
        if (place == UNKNOWN || (place >= 0 && place < from)) {
            if (scanner == null) {
                place = prefilter.find(bytes, from, end);
            } else if (byNeedles || opening != null) {
                place = byBoth(scanner, bytes, from, end);
            } else {
                place = scanner.find(bytes, from, end);
            }
        }
        return place;
    }

    /** Whether a line that was found matches for sure, so that nobody needs to try. */
    boolean certain(byte[] bytes, int from, int end) {
        if (plain || !exact || scanner == null || scanner.useless()) {
            return plain;
        }
        for (int at = from; at < end; at++) {
            if (bytes[at] < 0 || bytes[at] == '\r') {
                return false;
            }
        }
        return true;
    }

    private int byBoth(LineScanner lines, byte[] bytes, int from, int end) {
        int at = from;
        while (true) {
            int hint = opening == null ? prefilter.find(bytes, at, end) : opening.find(bytes, at, end);
            if (hint < 0) {
                return -1;
            }
            int lineStart = hint;
            while (lineStart > at && bytes[lineStart - 1] != '\n') {
                lineStart--;
            }
            at = hint;
            while (at < end && bytes[at] != '\n') {
                at++;
            }
            at = Math.min(at + 1, end);
            int found = lines.find(bytes, lineStart, at);
            if (found >= 0) {
                return found;
            }
        }
    }
}
