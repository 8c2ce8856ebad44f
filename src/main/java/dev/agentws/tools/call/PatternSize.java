package dev.agentws.tools.call;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * About how many states an expression comes to, found out before it is compiled: repetitions within repetitions make billions of a few
 * characters, and whoever compiles them first and counts then has run out of memory. Confined to one thread.
 */
public final class PatternSize {
    private static final long ENDLESS = Long.MAX_VALUE / 16_384;
    /** What is compiled at all: some milliseconds of work. */
    private static final long MOST = 50_000;

    private final String pattern;
    private int at;
    private long total;
    private long last;

    private PatternSize(String pattern) {
        this.pattern = pattern;
    }

    /** Whether an expression is better not compiled. */
    public static boolean isTooLarge(String pattern) {
        return of(pattern) > MOST;
    }

    /** Rather more than less; what is no sound expression has some size too. */
    static long of(String pattern) {
        return new PatternSize(pattern).count();
    }

    private long count() {
        Deque<Long> outside = new ArrayDeque<>();
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            if (c == '(') {
                outside.push(total);
                total = 0;
                last = 0;
            } else if (c == ')' && !outside.isEmpty()) {
                last = total + 2;
                total = Math.min(ENDLESS, outside.pop() + last);
            } else if (c == '{') {
                repeat();
            } else {
                one(c);
            }
        }
        while (!outside.isEmpty()) {
            total = Math.min(ENDLESS, total + outside.pop());
        }
        return total;
    }

    private void one(char c) {
        if (c == '\\' && pattern.startsWith("Q", at)) {
            int end = pattern.indexOf("\\E", at);
            int until = end < 0 ? pattern.length() : end;
            total += until - at;
            at = end < 0 ? until : end + 2;
        } else if (c == '\\') {
            escape();
        } else if (c == '[') {
            skipClass();
        }
        total++;
        last = c == '*' || c == '+' || c == '?' ? last + 1 : 1;
    }

    /** The braces of {@code \p{Greek}} and {@code \x{10FFFF}} repeat nothing. */
    private void escape() {
        boolean named = at < pattern.length() && "pPx".indexOf(pattern.charAt(at)) >= 0;
        at = Math.min(pattern.length(), at + 1);
        int end = named && pattern.startsWith("{", at) ? pattern.indexOf('}', at) : -1;
        at = end < 0 ? at : end + 1;
    }

    private void skipClass() {
        at += pattern.startsWith("^", at) ? 1 : 0;
        at += pattern.startsWith("]", at) ? 1 : 0;
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            int named = pattern.startsWith("[:", at) ? pattern.indexOf(":]", at) : -1;
            at = named >= 0 ? named + 2 : at + (pattern.charAt(at) == '\\' ? 2 : 1);
        }
        at = Math.min(pattern.length(), at + 1);
    }

    private void repeat() {
        int end = pattern.indexOf('}', at);
        String[] counts = end < 0 ? new String[0] : pattern.substring(at, end).split(",", -1);
        boolean sound = counts.length == 1 || counts.length == 2;
        for (int i = 0; i < counts.length; i++) {
            sound &= counts[i].matches(i == 0 ? "\\d{1,4}" : "\\d{0,4}");
        }
        if (!sound) {
            one('{');
            return;
        }
        at = end + 1;
        long least = Integer.parseInt(counts[0]);
        boolean bounded = counts.length == 2 && !counts[1].isEmpty();
        long most = Math.max(1, bounded ? Integer.parseInt(counts[1]) : least + counts.length - 1);
        total = Math.min(ENDLESS, total + last * (most - 1));
        last = Math.min(ENDLESS, last * most);
    }
}
