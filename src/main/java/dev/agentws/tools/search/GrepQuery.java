package dev.agentws.tools.search;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.agentws.tools.call.PatternSize;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one Grep looks for and how it shows it. Immutable.
 *
 * @param needles the texts one of which every match holds; empty when none are known
 * @param automaton what tells lines that cannot match from others; null when there is none
 * @param plain whether the pattern is nothing but the one needle
 * @param before lines of context before a match, {@code after} after it
 * @param headLimit rows shown, 0 for all
 * @param offset rows left out first
 */
record GrepQuery(
        Pattern pattern,
        List<Needle> needles,
        @Nullable LineAutomaton automaton,
        boolean plain,
        Mode mode,
        int before,
        int after,
        boolean lineNumbers,
        boolean onlyMatching,
        boolean multiline,
        FileFilter filter,
        int headLimit,
        int offset) {
    /** What an answer lists. */
    enum Mode {
        FILES,
        CONTENT,
        COUNT
    }

    private static final int MAX_PATTERN_CHARS = 5_000;

    /** Nested repetitions can blow a short pattern up to millions of states. */
    private static final int MAX_PROGRAM = 20_000;

    private static final List<String> MODES = List.of("files_with_matches", "content", "count");

    static GrepQuery read(ToolInput input, int defaultHeadLimit) throws ToolFailure {
        boolean ignoreCase = input.flag("-i", false);
        boolean multiline = input.flag("multiline", false);
        Pattern pattern = compile(input, ignoreCase, multiline);
        int around = input.has("-C") ? input.count("-C", 0) : input.count("context", 0);
        if (input.has("-C") && input.has("context")) {
            throw input.wrong("context", "only one of -C and context");
        }
        Mode mode = Mode.values()[MODES.indexOf(input.choice("output_mode", MODES.get(0), MODES))];
        return new GrepQuery(
                pattern,
                needles(pattern.pattern(), ignoreCase),
                multiline ? null : PatternReader.read(pattern.pattern(), ignoreCase),
                !ignoreCase && !multiline && isPlain(pattern.pattern()),
                mode,
                input.count("-B", around),
                input.count("-A", around),
                input.flag("-n", true),
                input.flag("-o", false),
                multiline,
                FileFilter.read(input),
                input.count("head_limit", defaultHeadLimit),
                input.count("offset", 0));
    }

    /** How many rows are of interest at all, at most. */
    long wantedRows() {
        return headLimit == 0 ? Long.MAX_VALUE : (long) offset + headLimit;
    }

    private static Pattern compile(ToolInput input, boolean ignoreCase, boolean multiline) throws ToolFailure {
        String text = input.text("pattern");
        if (text.isEmpty() || text.length() > MAX_PATTERN_CHARS) {
            throw input.wrong("pattern", "1 to " + MAX_PATTERN_CHARS + " chars");
        }
        int flags = (ignoreCase ? Pattern.CASE_INSENSITIVE : 0) | (multiline ? Pattern.DOTALL | Pattern.MULTILINE : 0);
        if (!multiline && spansLines(text)) {
            throw input.wrong("pattern", "no newline, as a pattern matches within a line; or multiline: true");
        }
        if (PatternSize.isTooLarge(text)) {
            throw input.wrong("pattern", "fewer repetitions, it grows to far too many states");
        }
        try {
            Pattern pattern = Pattern.compile(text, flags);
            if (pattern.programSize() > MAX_PROGRAM) {
                throw input.wrong("pattern", "fewer repetitions, it grows to " + pattern.programSize() + " states");
            }
            return pattern;
        } catch (PatternSyntaxException reason) {
            throw input.wrong("pattern", "a regular expression in RE2 syntax; " + reason.getMessage());
        }
    }

    /** Whether it asks for a newline outside of a class of characters. */
    private static boolean spansLines(String pattern) {
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
                c = i < pattern.length() && pattern.charAt(i) == 'n' ? '\n' : 0;
            }
            inClass = inClass ? c != ']' : c == '[';
            if (c == '\n' && !inClass) {
                return true;
            }
        }
        return false;
    }

    private static List<Needle> needles(String pattern, boolean ignoreCase) {
        List<String> texts = RequiredText.found(pattern, ignoreCase);
        boolean fold = ignoreCase || pattern.startsWith(RequiredText.IGNORE_CASE);
        return texts == null
                ? List.of()
                : texts.stream().map(text -> new Needle(text, fold)).toList();
    }

    private static boolean isPlain(String pattern) {
        return pattern.chars().noneMatch(c -> c < ' ' || c == 0x7F || c >= 0xD800 || "\\.+*?()|[]{}^$".indexOf(c) >= 0);
    }
}
