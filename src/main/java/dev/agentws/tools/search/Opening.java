package dev.agentws.tools.search;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What every match begins with: for each of its first bytes those that may stand there. It is found as a {@link Needle} is, looking at
 * the last of these bytes and leaping over what cannot be. Where the last of them may be nearly anything, fewer make wider leaps. Immutable.
 */
final class Opening {
    private static final int MAX_LENGTH = 8;
    /** Shorter leaps do not pay. */
    private static final double LEAST_LEAP = 2;
    /** More bytes are found less often in vain, so fewer must leap that much wider. */
    private static final double WIDER = 1.2;

    private static final String USUAL_TEXT = "eeeettaaooiinnssrrhhlldcumfpgwybvk      __;(.";

    /** By byte: a bit for each place where it may stand. */
    private final int[] places;

    private final int length;
    private final int[] leaps = new int[256];

    private Opening(int[] places, int length) {
        this.places = places;
        this.length = length;
        for (int b = 0; b < 256; b++) {
            int before = places[b] & ((1 << (length - 1)) - 1);
            leaps[b] = before == 0 ? length : length - 1 - (31 - Integer.numberOfLeadingZeros(before));
        }
    }

    /** The opening of what an automaton takes, or null when it is no quick way to tell lines apart. */
    static @Nullable Opening of(LineAutomaton automaton) {
        int[] places = new int[256];
        int length = 0;
        BitSet states = new BitSet();
        states.set(automaton.start());
        while (length < MAX_LENGTH && spread(automaton, states)) {
            BitSet next = new BitSet();
            for (int state = states.nextSetBit(0); state >= 0; state = states.nextSetBit(state + 1)) {
                if (automaton.kind(state) == LineAutomaton.Kind.BYTE) {
                    next.set(automaton.next(state));
                    for (int b = 0; b < 256; b++) {
                        places[b] |= automaton.takes(state, b) ? 1 << length : 0;
                    }
                }
            }
            states = next;
            length++;
        }
        Opening best = null;
        for (int fewer = length; fewer >= LEAST_LEAP; fewer--) {
            Opening opening = new Opening(places, fewer);
            boolean wider = best == null || opening.usualLeap() >= best.usualLeap() * WIDER;
            best = wider ? opening : best;
        }
        return best == null || best.usualLeap() < LEAST_LEAP ? null : best;
    }

    /** How far it leaps on average in a text of the usual letters. */
    double usualLeap() {
        return USUAL_TEXT.chars().map(c -> leaps[c]).average().orElse(0);
    }

    /** Adds what can be reached without a byte; false if the end is among it. */
    private static boolean spread(LineAutomaton automaton, BitSet states) {
        int[] stack = Arrays.copyOf(states.stream().toArray(), states.cardinality() + 2 * automaton.size());
        int top = states.cardinality();
        while (top > 0) {
            int state = stack[--top];
            if (state == LineAutomaton.ACCEPT) {
                return false;
            }
            if (automaton.kind(state) == LineAutomaton.Kind.BYTE) {
                continue;
            }
            int[] ways = automaton.kind(state) == LineAutomaton.Kind.FORK
                    ? new int[] {automaton.next(state), automaton.other(state)}
                    : new int[] {automaton.next(state)};
            for (int way : ways) {
                if (!states.get(way)) {
                    states.set(way);
                    stack[top++] = way;
                }
            }
        }
        return true;
    }

    /** The first place from {@code from} on where it may stand whole before {@code end}, or -1. */
    int find(byte[] bytes, int from, int end) {
        int lastBit = 1 << (length - 1);
        for (int at = from + length - 1; at < end; ) {
            int b = bytes[at] & 0xFF;
            if ((places[b] & lastBit) != 0 && stands(bytes, at - length + 1)) {
                return at - length + 1;
            }
            at += leaps[b];
        }
        return -1;
    }

    private boolean stands(byte[] bytes, int at) {
        for (int i = 0; i < length - 1; i++) {
            if ((places[bytes[at + i] & 0xFF] & (1 << i)) == 0) {
                return false;
            }
        }
        return true;
    }
}
