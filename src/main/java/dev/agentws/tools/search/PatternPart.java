package dev.agentws.tools.search;

import java.util.BitSet;
import java.util.List;

/** A part of a regular expression, which knows how to become states in front of those of what follows it. */
@FunctionalInterface
interface PatternPart {
    /** The bit of a set of characters that stands for all beyond ASCII. */
    int BEYOND = 128;

    /** Nothing at all. */
    PatternPart EMPTY = (states, next) -> next;

    /** Returns the state this part begins with; behind it comes {@code next}. May be asked more than once. */
    int into(LineAutomaton.Builder states, int next);

    /**
     * One character of a set. Characters beyond ASCII are not told apart, and one of them may be any number of bytes: what is no UTF-8
     * counts as a character too.
     */
    static PatternPart character(BitSet characters) {
        BitSet ascii = characters.get(0, BEYOND);
        if (!characters.get(BEYOND)) {
            return (states, next) -> states.take(ascii, next);
        }
        BitSet high = new BitSet(256);
        high.set(BEYOND, 256);
        return (states, next) -> {
            int again = states.openFork();
            int run = states.take(high, again);
            states.join(again, run, next);
            return ascii.isEmpty() ? run : states.fork(states.take(ascii, next), run);
        };
    }

    static PatternPart bytes(byte[] bytes) {
        return (states, next) -> {
            int at = next;
            for (int i = bytes.length - 1; i >= 0; i--) {
                at = states.take(LineAutomaton.single(bytes[i] & 0xFF), at);
            }
            return at;
        };
    }

    static PatternPart look(LineAutomaton.Look look) {
        return (states, next) -> states.look(look, next);
    }

    static PatternPart sequence(List<PatternPart> parts) {
        return (states, next) -> {
            int at = next;
            for (int i = parts.size() - 1; i >= 0; i--) {
                at = parts.get(i).into(states, at);
            }
            return at;
        };
    }

    static PatternPart oneOf(List<PatternPart> parts) {
        return (states, next) -> {
            int at = parts.get(parts.size() - 1).into(states, next);
            for (int i = parts.size() - 2; i >= 0; i--) {
                at = states.fork(parts.get(i).into(states, next), at);
            }
            return at;
        };
    }

    /** @param most -1: without end */
    static PatternPart repeated(PatternPart part, int least, int most) {
        return (states, next) -> {
            int at = next;
            if (most < 0) {
                at = states.openFork();
                states.join(at, part.into(states, at), next);
            }
            for (int i = least; i < most; i++) {
                at = states.fork(part.into(states, at), next);
            }
            for (int i = 0; i < least; i++) {
                at = part.into(states, at);
            }
            return at;
        };
    }
}
