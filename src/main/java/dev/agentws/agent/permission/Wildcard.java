package dev.agentws.agent.permission;

import java.util.ArrayList;
import java.util.List;

/** A text in which {@code *} stands for anything, blanks and line ends included; {@code \*} is a star. Immutable. */
final class Wildcard {
    /** What stands between the stars; one entry means no star. */
    private final List<String> pieces = new ArrayList<>();
    /** Whether the end {@code " *"} was cut off, which also matches nothing at all. */
    private final boolean boundary;

    private Wildcard(String pattern, boolean boundary) {
        this.boundary = boundary;
        StringBuilder piece = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\' && i + 1 < pattern.length() && "*\\".indexOf(pattern.charAt(i + 1)) >= 0) {
                piece.append(pattern.charAt(++i));
            } else if (c == '*') {
                pieces.add(piece.toString());
                piece.setLength(0);
            } else {
                piece.append(c);
            }
        }
        pieces.add(piece.toString());
    }

    static Wildcard of(String pattern) {
        return new Wildcard(pattern, false);
    }

    /** For command lines: a last {@code " *"} or {@code :*} is a word's end, with whatever words after it, or none. */
    static Wildcard ofCommand(String pattern) {
        if (pattern.endsWith(":*")) {
            return new Wildcard(pattern.substring(0, pattern.length() - 2), true);
        }
        if (pattern.endsWith(" *") && pattern.length() > 2) {
            return new Wildcard(pattern.substring(0, pattern.length() - 2), true);
        }
        return new Wildcard(pattern, false);
    }

    /** Whether it matches one text only. */
    boolean exact() {
        return pieces.size() == 1 && !boundary;
    }

    boolean matches(String text) {
        return boundary ? matches(text, true) || matches(text, false) : matches(text, false);
    }

    private boolean matches(String text, boolean more) {
        List<String> all = new ArrayList<>(pieces);
        if (more) {
            int last = all.size() - 1;
            all.set(last, all.get(last) + " ");
            all.add("");
        }
        if (all.size() == 1) {
            return text.equals(all.get(0));
        }
        String first = all.get(0);
        String last = all.get(all.size() - 1);
        if (!text.startsWith(first) || !text.endsWith(last) || text.length() < first.length() + last.length()) {
            return false;
        }
        int at = first.length();
        int end = text.length() - last.length();
        for (String piece : all.subList(1, all.size() - 1)) {
            int found = text.indexOf(piece, at);
            if (found < 0 || found + piece.length() > end) {
                return false;
            }
            at = found + piece.length();
        }
        return true;
    }
}
