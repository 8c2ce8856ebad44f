package dev.agentws.tools.search;

import dev.agentws.tools.search.LineAutomaton.Look;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link LineAutomaton} of an expression that RE2/J has taken. What is not understood ends the reading: then every line has to
 * be tried, which is slow and right. Confined to one thread.
 */
final class PatternReader {
    private static final int MAX_DEPTH = 100;
    /** Counts beyond this become "any number". */
    private static final int MAX_COUNT = 100;

    /** An expression that has something this class does not know. */
    private static final class NotUnderstood extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotUnderstood() {
            super("not understood", null, false, false);
        }
    }

    private final String pattern;
    private int at;
    private int depth;
    private boolean fold;
    private boolean exact = true;

    private PatternReader(String pattern, boolean fold) {
        this.pattern = pattern;
        this.fold = fold;
    }

    /** The automaton of an expression, or null when there is none. */
    static @Nullable LineAutomaton read(String pattern, boolean ignoreCase) {
        try {
            PatternReader reader = new PatternReader(pattern, ignoreCase);
            PatternPart whole = reader.alternatives();
            if (reader.at < pattern.length()) {
                return null;
            }
            LineAutomaton.Builder states = new LineAutomaton.Builder();
            int start = whole.into(states, LineAutomaton.ACCEPT);
            return new LineAutomaton(states, start, reader.exact);
        } catch (NotUnderstood | LineAutomaton.TooLarge reason) {
            return null;
        }
    }

    private PatternPart alternatives() {
        List<PatternPart> all = new ArrayList<>();
        all.add(sequence());
        while (peek() == '|') {
            at++;
            all.add(sequence());
        }
        return PatternPart.oneOf(all);
    }

    private PatternPart sequence() {
        List<PatternPart> parts = new ArrayList<>();
        while (at < pattern.length() && peek() != '|' && peek() != ')') {
            if (pattern.startsWith("\\Q", at)) {
                quoted(parts);
            } else {
                parts.add(one());
            }
            if (!parts.isEmpty()) {
                parts.add(repeated(parts.remove(parts.size() - 1)));
            }
        }
        return PatternPart.sequence(parts);
    }

    private PatternPart one() {
        int c = next();
        return switch (c) {
            case '(' -> group();
            case '[' -> set();
            case '.' -> any();
            case '^' -> PatternPart.look(Look.LINE_START);
            case '$' -> PatternPart.look(Look.LINE_END);
            case '\\' -> escape();
            case '*', '+', '?' -> throw new NotUnderstood();
            default -> literal(c);
        };
    }

    /** All up to {@code \E} stands for itself. */
    private void quoted(List<PatternPart> parts) {
        int end = pattern.indexOf("\\E", at);
        String text = pattern.substring(at + 2, end < 0 ? pattern.length() : end);
        at = end < 0 ? pattern.length() : end + 2;
        if (text.isEmpty()) {
            throw new NotUnderstood();
        }
        text.codePoints().forEach(c -> parts.add(literal(c)));
    }

    private PatternPart group() {
        boolean outer = fold;
        if (++depth > MAX_DEPTH) {
            throw new NotUnderstood();
        }
        if (peek() == '?') {
            at++;
            if (pattern.startsWith("P<", at) || pattern.startsWith("<", at)) {
                at = pattern.indexOf('>', at) + 1;
            } else if (flags()) {
                depth--;
                return PatternPart.EMPTY;
            }
        }
        PatternPart inside = alternatives();
        if (next() != ')') {
            throw new NotUnderstood();
        }
        fold = outer;
        depth--;
        return inside;
    }

    /** Reads flags; whether they stand for themselves, for the rest of the group around them. */
    private boolean flags() {
        boolean on = true;
        while (true) {
            int c = next();
            switch (c) {
                case 'i' -> fold = on;
                case 'm', 's', 'U' -> {
                    // Within a line these change what is matched, not whether.
                }
                case '-' -> on = false;
                case ':' -> {
                    return false;
                }
                case ')' -> {
                    if ("*+?{".indexOf(peek()) >= 0) {
                        throw new NotUnderstood();
                    }
                    return true;
                }
                default -> throw new NotUnderstood();
            }
        }
    }

    private PatternPart repeated(PatternPart part) {
        int c = peek();
        int least = c == '+' ? 1 : 0;
        int most = c == '?' ? 1 : -1;
        if (c == '*' || c == '+' || c == '?') {
            at++;
        } else {
            int close = c == '{' ? pattern.indexOf('}', at) : -1;
            String inside = close < 0 ? "" : pattern.substring(at + 1, close);
            if (!inside.matches("(0|[1-9]\\d{0,3})(,(0|[1-9]\\d{0,3})?)?")) {
                return part;
            }
            at = close + 1;
            String[] ends = inside.split(",", -1);
            least = Integer.parseInt(ends[0]);
            most = ends.length == 1 ? least : ends[1].isEmpty() ? -1 : Integer.parseInt(ends[1]);
        }
        if (peek() == '?') {
            at++;
        }
        if (Math.max(least, most) > MAX_COUNT) {
            exact = false;
            least = Math.min(least, MAX_COUNT);
            most = -1;
        }
        return PatternPart.repeated(part, least, most);
    }

    private PatternPart any() {
        BitSet all = new BitSet();
        all.set(0, PatternPart.BEYOND + 1);
        return PatternPart.character(all);
    }

    private PatternPart literal(int c) {
        boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        if (surrogate) {
            throw new NotUnderstood();
        }
        if (c > 127 && !fold && c != 0xFFFD) {
            return PatternPart.bytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        }
        CharacterClass one = new CharacterClass(fold);
        one.add(c, c);
        exact &= one.exact();
        return PatternPart.character(one.set(false));
    }

    private PatternPart escape() {
        int c = next();
        switch (c) {
            case 'A':
                return PatternPart.look(Look.LINE_START);
            case 'z':
                return PatternPart.look(Look.LINE_END);
            case 'b':
                return PatternPart.look(Look.WORD_EDGE);
            case 'B':
                return PatternPart.look(Look.NO_WORD_EDGE);
            case 'd', 'w', 's', 'D', 'W', 'S':
                CharacterClass named = new CharacterClass(fold);
                named.addNamed(Character.toString(Character.toLowerCase(c)), Character.isUpperCase(c));
                return PatternPart.character(named.set(false));
            case 'p', 'P':
                passProperty();
                return any();
            default:
                return literal(escaped(c));
        }
    }

    /** A Unicode class, which may be anything. */
    private void passProperty() {
        exact = false;
        if (next() == '{') {
            at = pattern.indexOf('}', at) + 1;
        }
    }

    /** The one character that stands behind a backslash in another spelling. */
    private int escaped(int c) {
        int special = "afnrtv".indexOf(c);
        if (special >= 0) {
            return "\u0007\f\n\r\t\u000B".charAt(special);
        }
        if (c == 'x') {
            boolean braces = peek() == '{';
            int from = braces ? at + 1 : at;
            int end = braces ? pattern.indexOf('}', at) : at + 2;
            if (end < from || end > pattern.length()) {
                throw new NotUnderstood();
            }
            at = braces ? end + 1 : end;
            try {
                return Integer.parseInt(pattern.substring(from, end), 16);
            } catch (NumberFormatException strange) {
                throw new NotUnderstood();
            }
        }
        if (c > 127 || Character.isLetterOrDigit(c)) {
            throw new NotUnderstood();
        }
        return c;
    }

    private PatternPart set() {
        boolean negated = peek() == '^';
        at += negated ? 1 : 0;
        CharacterClass members = new CharacterClass(fold);
        boolean anything = false;
        for (boolean first = true; first || peek() != ']'; first = false) {
            if (pattern.startsWith("\\p", at) || pattern.startsWith("\\P", at)) {
                at += 2;
                passProperty();
                anything = true;
            } else if (!namedMember(members)) {
                range(members);
            }
        }
        at++;
        exact &= members.exact();
        return anything ? any() : PatternPart.character(members.set(negated));
    }

    private boolean namedMember(CharacterClass members) {
        if (pattern.startsWith("[:", at)) {
            int end = pattern.indexOf(":]", at + 2);
            String name = end < 0 ? "" : pattern.substring(at + 2, end);
            boolean negated = name.startsWith("^");
            if (members.addNamed(negated ? name.substring(1) : name, negated)) {
                at = end + 2;
                return true;
            }
            return false;
        }
        if (peek() == '\\' && at + 1 < pattern.length() && "dswDSW".indexOf(pattern.charAt(at + 1)) >= 0) {
            char c = pattern.charAt(at + 1);
            members.addNamed(String.valueOf(Character.toLowerCase(c)), Character.isUpperCase(c));
            at += 2;
            return true;
        }
        return false;
    }

    private void range(CharacterClass members) {
        int first = member();
        int last = first;
        if (peek() == '-' && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
            at++;
            last = member();
        }
        members.add(first, last);
    }

    private int member() {
        int c = next();
        return c == '\\' ? escaped(next()) : c;
    }

    /** The character to come, or 0 at the end. */
    private int peek() {
        return at < pattern.length() ? pattern.codePointAt(at) : 0;
    }

    private int next() {
        if (at >= pattern.length()) {
            throw new NotUnderstood();
        }
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }
}
