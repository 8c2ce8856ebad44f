package dev.agentws.tools.search;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A regular expression as states over the bytes of UTF-8, which {@link LineScanner} runs. It may take lines that the expression does
 * not, never the other way round. Immutable.
 */
final class LineAutomaton {
    /** The end of every way through the states. */
    static final int ACCEPT = 0;

    static final int NEWLINE = '\n';

    /** What a state does. */
    enum Kind {
        ACCEPT,
        /** Takes one byte of a set. */
        BYTE,
        /** Goes both ways. */
        FORK,
        /** Goes on only at such a place. */
        LOOK
    }

    /** Places that an expression may ask for. */
    enum Look {
        LINE_START,
        LINE_END,
        WORD_EDGE,
        NO_WORD_EDGE
    }

    private final Builder states;
    private final int start;
    private final boolean exact;
    private final boolean looksAtWords;
    private final int[] classes = new int[256];
    private final List<Integer> samples = new ArrayList<>();

    /** @param exact whether what it says of lines of ASCII without a carriage return is the whole truth */
    LineAutomaton(Builder states, int start, boolean exact) {
        this.states = states;
        this.start = start;
        this.exact = exact;
        looksAtWords = states.looks.contains(Look.WORD_EDGE) || states.looks.contains(Look.NO_WORD_EDGE);
        divide();
    }

    int start() {
        return start;
    }

    boolean exact() {
        return exact;
    }

    boolean looksAtWords() {
        return looksAtWords;
    }

    int size() {
        return states.kinds.size();
    }

    Kind kind(int state) {
        return states.kinds.get(state);
    }

    /** Where a state leads to; of a fork, one of its two ways. */
    int next(int state) {
        return states.nexts.get(state);
    }

    /** The other way of a fork. */
    int other(int state) {
        return states.others.get(state);
    }

    boolean takes(int state, int oneByte) {
        return states.sets.get(states.others.get(state)).get(oneByte);
    }

    Look look(int state) {
        return states.looks.get(states.others.get(state));
    }

    /** The class of each byte: bytes of one class are the same to all states. */
    int[] classes() {
        return classes;
    }

    int classCount() {
        return samples.size();
    }

    /** One byte of a class. */
    int sample(int byteClass) {
        return samples.get(byteClass);
    }

    static boolean isWord(int oneByte) {
        return (oneByte >= 'a' && oneByte <= 'z')
                || (oneByte >= 'A' && oneByte <= 'Z')
                || (oneByte >= '0' && oneByte <= '9')
                || oneByte == '_';
    }

    private void divide() {
        for (BitSet set : states.sets) {
            split(set);
        }
        split(single('\n'));
        split(single('\r'));
        if (looksAtWords) {
            BitSet words = new BitSet(256);
            for (int b = 0; b < 128; b++) {
                words.set(b, isWord(b));
            }
            split(words);
        }
        BitSet seen = new BitSet(256);
        for (int b = 0; b < 256; b++) {
            if (!seen.get(classes[b])) {
                seen.set(classes[b]);
                samples.add(b);
            }
        }
    }

    /** Tells the bytes of a set from the others, and numbers the classes anew in the order of their first bytes. */
    private void split(BitSet set) {
        Map<Integer, Integer> numbers = new HashMap<>();
        for (int b = 0; b < 256; b++) {
            int both = classes[b] * 2 + (set.get(b) ? 1 : 0);
            int fresh = numbers.size();
            Integer known = numbers.putIfAbsent(both, fresh);
            classes[b] = known == null ? fresh : known;
        }
    }

    static BitSet single(int oneByte) {
        BitSet set = new BitSet(256);
        set.set(oneByte);
        return set;
    }

    /** The expression grows too large to be worth it. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLarge() {
            super("too many states", null, false, false);
        }
    }

    /** Makes states, from the end of the expression to its beginning. Confined to one thread, and done when it is handed on. */
    static final class Builder {
        private static final int MAX_STATES = 4_000;
        private static final int OPEN = -1;

        private final List<Kind> kinds = new ArrayList<>();
        private final List<Integer> nexts = new ArrayList<>();
        private final List<Integer> others = new ArrayList<>();
        private final List<BitSet> sets = new ArrayList<>();
        private final Map<BitSet, Integer> setNumbers = new HashMap<>();
        private final List<Look> looks = new ArrayList<>();

        Builder() {
            add(Kind.ACCEPT, OPEN, OPEN);
        }

        int take(BitSet bytes, int next) {
            Integer known = setNumbers.get(bytes);
            int number = known == null ? sets.size() : known;
            if (known == null) {
                sets.add(bytes);
                setNumbers.put(bytes, number);
            }
            return add(Kind.BYTE, next, number);
        }

        int fork(int one, int other) {
            return add(Kind.FORK, one, other);
        }

        /** A fork whose ways are set by {@link #join} once they are known. */
        int openFork() {
            return add(Kind.FORK, OPEN, OPEN);
        }

        void join(int fork, int one, int other) {
            nexts.set(fork, one);
            others.set(fork, other);
        }

        int look(Look look, int next) {
            looks.add(look);
            return add(Kind.LOOK, next, looks.size() - 1);
        }

        private int add(Kind kind, int next, int other) {
            if (kinds.size() == MAX_STATES) {
                throw new TooLarge();
            }
            kinds.add(kind);
            nexts.add(next);
            others.add(other);
            return kinds.size() - 1;
        }
    }
}
