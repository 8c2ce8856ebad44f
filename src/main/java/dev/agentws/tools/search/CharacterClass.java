package dev.agentws.tools.search;

import java.util.BitSet;
import java.util.Map;

/**
 * The characters that a class of an expression may stand for: those of ASCII one by one, all others as one bit
 * ({@link PatternPart#BEYOND}). Confined to one thread.
 */
final class CharacterClass {
    private static final String LOWER = "a-z";
    private static final String UPPER = "A-Z";
    private static final String DIGIT = "0-9";

    /** The named classes: pairs of first and last character, without the dashes that only make them readable. */
    private static final Map<String, String> NAMED = Map.ofEntries(
            Map.entry("alnum", LOWER + UPPER + DIGIT),
            Map.entry("alpha", LOWER + UPPER),
            Map.entry("ascii", "\0-\u007F"),
            Map.entry("blank", "\t-\t - "),
            Map.entry("cntrl", "\0-\u001F\u007F-\u007F"),
            Map.entry("digit", DIGIT),
            Map.entry("graph", "!-~"),
            Map.entry("lower", LOWER),
            Map.entry("print", " -~"),
            Map.entry("punct", "!-/:-@[-`{-~"),
            Map.entry("space", "\t-\r - "),
            Map.entry("upper", UPPER),
            Map.entry("word", LOWER + UPPER + DIGIT + "_-_"),
            Map.entry("xdigit", DIGIT + "a-fA-F"),
            Map.entry("d", DIGIT),
            Map.entry("s", "\t-\n\f-\r - "),
            Map.entry("w", LOWER + UPPER + DIGIT + "_-_"));

    private final boolean fold;
    private final BitSet found = new BitSet(PatternPart.BEYOND + 1);
    /** Whether characters beyond ASCII are in it that have a letter of ASCII as their other case. */
    private boolean strangeLetters;

    /** @param fold whether the two cases of a letter are the same */
    CharacterClass(boolean fold) {
        this.fold = fold;
    }

    /** Adds a range of characters. */
    void add(int first, int last) {
        for (int c = first; c <= Math.min(last, 127); c++) {
            found.set(c);
            if (fold && Character.isLetter(c)) {
                found.set(c ^ 0x20);
                // The long s and the sign for kelvin are other cases of these two.
                found.set(PatternPart.BEYOND, found.get(PatternPart.BEYOND) || "kKsS".indexOf(c) >= 0);
            }
        }
        if (last > 127) {
            found.set(PatternPart.BEYOND);
            strangeLetters |= fold;
        }
    }

    /** Adds what a name stands for, or all else; false for an unknown name. */
    boolean addNamed(String name, boolean negated) {
        String ranges = NAMED.get(name);
        if (ranges == null) {
            return false;
        }
        CharacterClass named = new CharacterClass(fold);
        for (int i = 0; i < ranges.length(); i += 3) {
            named.add(ranges.charAt(i), ranges.charAt(i + 2));
        }
        found.or(named.set(negated));
        return true;
    }

    /** Whether the set says of each character of ASCII what the expression says. */
    boolean exact() {
        return !strangeLetters;
    }

    /** The set, or all characters that may be outside of it. */
    BitSet set(boolean negated) {
        BitSet set = (BitSet) found.clone();
        if (negated) {
            set.flip(0, PatternPart.BEYOND);
            set.set(PatternPart.BEYOND);
        } else if (strangeLetters) {
            "kKsS".chars().forEach(set::set);
        }
        return set;
    }
}
