package dev.agentws.tools.search;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Works out which plain texts a regular expression cannot match without: one of {@link #found} must be there. Most searches are
 * decided by them, and bytes can be looked through far faster than an expression can be run. Whatever is not understood makes the
 * answer "nothing known", never a wrong one.
 */
final class RequiredText {
    private static final int MAX_ALTERNATIVES = 16;
    static final String IGNORE_CASE = "(?i)";

    private final String pattern;
    private final boolean ignoreCase;
    private final List<String> alternatives = new ArrayList<>();
    private final StringBuilder run = new StringBuilder();
    private String best = "";
    private int at;
    /** Whether {@link #least} found a quantifier. */
    private boolean quantified;

    private RequiredText(String pattern, boolean ignoreCase) {
        this.pattern = pattern;
        this.ignoreCase = ignoreCase;
    }

    /** The texts one of which every match holds, or null when there is nothing to say. */
    static @Nullable List<String> found(String pattern, boolean ignoreCase) {
        return pattern.startsWith(IGNORE_CASE)
                ? new RequiredText(pattern.substring(IGNORE_CASE.length()), true).read()
                : new RequiredText(pattern, ignoreCase).read();
    }

    private @Nullable List<String> read() {
        while (at < pattern.length()) {
            int c = pattern.codePointAt(at);
            at += Character.charCount(c);
            if (!step(c)) {
                return null;
            }
        }
        endAlternative();
        boolean useless = alternatives.contains("") || alternatives.size() > MAX_ALTERNATIVES;
        return useless ? null : alternatives;
    }

    /** Takes one part of the pattern; false: not understood. */
    private boolean step(int c) {
        switch (c) {
            case '\\':
                return escape();
            case '[':
                return skipClass() && opaque();
            case '(':
                return skipGroup() && opaque();
            case '.':
                return opaque();
            case '^', '$':
                least();
                return true;
            case '|':
                endAlternative();
                return true;
            default:
                plain(c);
                return true;
        }
    }

    private boolean escape() {
        if (at >= pattern.length()) {
            return false;
        }
        char c = pattern.charAt(at++);
        if (c == 'b' || c == 'A' || c == 'z') {
            least();
            return true;
        }
        if ("dDwWsSntrfv".indexOf(c) >= 0) {
            return opaque();
        }
        if (Character.isLetterOrDigit(c) || c > 0x7E) {
            return false;
        }
        plain(c);
        return true;
    }

    /** One character that must be there, unless what follows lets it be missing. */
    private void plain(int c) {
        boolean usable = c >= ' ' && c != 0x7F && !Character.isSurrogate((char) c) && c != 0xFFFD;
        // Beyond ASCII there are other cases of letters, and of these two letters as well.
        boolean foldable = !ignoreCase || (c < 0x80 && "kKsS".indexOf(c) < 0);
        int least = least();
        if (least > 0 && usable && foldable) {
            run.appendCodePoint(c);
        }
        if (least != 1 || quantified || !usable || !foldable) {
            endRun();
        }
    }

    /** Something that stands for one of several texts. */
    private boolean opaque() {
        endRun();
        least();
        return true;
    }

    /** How often the part just read must be there at least, by the quantifier behind it. */
    private int least() {
        quantified = true;
        char c = at < pattern.length() ? pattern.charAt(at) : 0;
        int least;
        if (c == '*' || c == '?') {
            at++;
            least = 0;
        } else if (c == '+') {
            at++;
            least = 1;
        } else {
            least = braces(c);
        }
        if (quantified && at < pattern.length() && pattern.charAt(at) == '?') {
            at++;
        }
        return least;
    }

    private int braces(char c) {
        int close = c == '{' ? pattern.indexOf('}', at) : -1;
        String inside = close < 0 ? "" : pattern.substring(at + 1, close);
        if (!inside.matches("\\d{1,4}(,\\d{0,4})?")) {
            quantified = false;
            return 1;
        }
        at = close + 1;
        return Integer.parseInt(inside.replaceFirst(",.*", "")) == 0 ? 0 : 1;
    }

    private boolean skipClass() {
        int i = at;
        i += i < pattern.length() && pattern.charAt(i) == '^' ? 1 : 0;
        i += i < pattern.length() && pattern.charAt(i) == ']' ? 1 : 0;
        while (i < pattern.length() && pattern.charAt(i) != ']') {
            if (pattern.startsWith("[:", i)) {
                int close = pattern.indexOf(":]", i + 2);
                i = close < 0 ? i + 1 : close + 2;
            } else {
                i += pattern.charAt(i) == '\\' ? 2 : 1;
            }
        }
        at = i + 1;
        return at <= pattern.length();
    }

    /** Groups are not looked into; one that changes the rules for what follows it ends the understanding. */
    private boolean skipGroup() {
        if (pattern.startsWith("?", at) && !pattern.startsWith("?:", at) && !pattern.startsWith("?P<", at)) {
            return false;
        }
        for (int depth = 1; depth > 0; ) {
            if (at >= pattern.length()) {
                return false;
            }
            char c = pattern.charAt(at++);
            if (c == '\\') {
                if (at < pattern.length() && pattern.charAt(at) == 'Q') {
                    return false;
                }
                at++;
            } else if (c == '[') {
                if (!skipClass()) {
                    return false;
                }
            } else {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            }
        }
        return true;
    }

    private void endRun() {
        if (run.length() > best.length()) {
            best = run.toString();
        }
        run.setLength(0);
    }

    private void endAlternative() {
        endRun();
        alternatives.add(best);
        best = "";
    }
}
