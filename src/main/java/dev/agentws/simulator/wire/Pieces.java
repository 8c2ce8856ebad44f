package dev.agentws.simulator.wire;

import java.util.ArrayList;
import java.util.List;

/** Cuts text into the pieces that travel as deltas. */
public final class Pieces {
    private Pieces() {}

    /** Equal parts; never cuts a surrogate pair. Empty text or no parts give no pieces. */
    static List<String> equal(String text, int parts) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= parts && from < text.length(); i++) {
            int to = (int) ((long) text.length() * i / parts);
            if (to < text.length() && to > 0 && Character.isHighSurrogate(text.charAt(to - 1))) {
                to++;
            }
            if (to > from) {
                pieces.add(text.substring(from, to));
                from = to;
            }
        }
        return pieces;
    }

    /** Parts of so many words each, with the white space that follows them. */
    public static List<String> ofWords(String text, int words) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        int seen = 0;
        for (int i = 1; i <= text.length(); i++) {
            boolean wordEnds = i == text.length()
                    || (Character.isWhitespace(text.charAt(i - 1)) && !Character.isWhitespace(text.charAt(i)));
            if (wordEnds && (++seen == words || i == text.length())) {
                pieces.add(text.substring(from, i));
                from = i;
                seen = 0;
            }
        }
        return pieces;
    }
}
