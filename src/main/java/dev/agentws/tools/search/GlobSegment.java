package dev.agentws.tools.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One name of a glob pattern. Matching takes at most (length of the name) x (length of the pattern) steps, so no pattern can hang a
 * worker. Immutable.
 */
final class GlobSegment {
    /** Any run of characters, told from the others by identity. */
    private enum Run implements IntPredicate {
        STAR;

        @Override
        public boolean test(int c) {
            return true;
        }
    }

    private final String source;
    private final boolean literal;
    private final List<IntPredicate> parts;

    private GlobSegment(String source, boolean literal, List<IntPredicate> parts) {
        this.source = source;
        this.literal = literal;
        this.parts = parts;
    }

    /** @throws IllegalArgumentException for a bracket that is not closed */
    static GlobSegment parse(String text) {
        boolean plain = text.chars().noneMatch(c -> c == '*' || c == '?' || c == '[' || c == '\\');
        return new GlobSegment(text, plain, plain ? List.of() : parts(text));
    }

    /** Whether this is {@code **}, which stands for any number of names. */
    boolean anyDepth() {
        return source.equals("**");
    }

    boolean matches(String name) {
        return literal ? source.equals(name) : matchesParts(name);
    }

    private boolean matchesParts(String name) {
        int part = 0;
        int at = 0;
        int starPart = -1;
        int starAt = 0;
        while (at < name.length()) {
            int c = name.codePointAt(at);
            IntPredicate next = part < parts.size() ? parts.get(part) : null;
            if (next == Run.STAR) {
                starPart = part++;
                starAt = at;
            } else if (next != null && next.test(c)) {
                part++;
                at += Character.charCount(c);
            } else if (starPart >= 0) {
                // The last star takes one character more; earlier stars never need to.
                starAt += Character.charCount(name.codePointAt(starAt));
                at = starAt;
                part = starPart + 1;
            } else {
                return false;
            }
        }
        while (part < parts.size() && parts.get(part) == Run.STAR) {
            part++;
        }
        return part == parts.size();
    }

    private static List<IntPredicate> parts(String text) {
        List<IntPredicate> parts = new ArrayList<>();
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '*' -> parts.add(Run.STAR);
                case '?' -> parts.add(any -> true);
                case '[' -> {
                    int end = bracketEnd(text, i);
                    parts.add(bracket(text.substring(i, end)));
                    i = end + 1;
                }
                case '\\' -> {
                    int wanted = i < text.length() ? text.codePointAt(i) : '\\';
                    i += i < text.length() ? Character.charCount(wanted) : 0;
                    parts.add(is(wanted));
                }
                default -> parts.add(is(c));
            }
        }
        return parts;
    }

    private static IntPredicate is(int wanted) {
        return c -> c == wanted;
    }

    private static int bracketEnd(String text, int start) {
        int i = start;
        if (i < text.length() && (text.charAt(i) == '!' || text.charAt(i) == '^')) {
            i++;
        }
        // A bracket right at the beginning is a member, not the end.
        i++;
        while (i < text.length() && text.charAt(i) != ']') {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= text.length()) {
            throw new IllegalArgumentException("the [ is not closed");
        }
        return i;
    }

    private static IntPredicate bracket(String body) {
        boolean negated = body.startsWith("!") || body.startsWith("^");
        int[] members = unescape(negated ? body.substring(1) : body);
        @Nullable IntPredicate found = null;
        for (int i = 0; i < members.length; i++) {
            int low = members[i];
            int high = low;
            if (i + 2 < members.length && members[i + 1] == '-') {
                high = members[i + 2];
                i += 2;
            }
            IntPredicate range = range(low, high);
            found = found == null ? range : found.or(range);
        }
        IntPredicate all = found == null ? c -> false : found;
        return negated ? all.negate() : all;
    }

    private static IntPredicate range(int low, int high) {
        return c -> low <= c && c <= high;
    }

    private static int[] unescape(String members) {
        return members.replaceAll("\\\\(.)", "$1").codePoints().toArray();
    }
}
