package dev.agentws.tools.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a {@link LineAutomaton} over bytes, one look into a table for each. The table is made as it is needed: a row is a set of states
 * that the automaton may be in at once. Confined to one thread.
 */
final class LineScanner {
    private static final int UNKNOWN = 0;
    private static final int FOUND = -1;
    private static final int MAX_ROWS = 2_000;
    /** A table that is full again before each of its rows has served so many bytes is no help. */
    private static final int LEAST_BYTES_A_ROW = 20;

    /** What stands before a place; first in the name of a row. */
    private static final char BEFORE_LINE = 0;

    private static final char BEFORE_OTHER = 1;
    private static final char BEFORE_WORD = 2;

    private final LineAutomaton automaton;
    private final int[] classes;
    private final int width;
    /** The rows by what they are called: what stands before, and the states. */
    private final Map<String, Integer> numbers = new HashMap<>();

    private final List<String> names = new ArrayList<>();
    private final BitSet reached = new BitSet();
    private final BitSet walked = new BitSet();
    private final int[] stack;
    private int[] table;
    private int lineStart;
    private long scanned;
    private boolean useless;

    LineScanner(LineAutomaton automaton) {
        this.automaton = automaton;
        classes = automaton.classes();
        width = automaton.classCount();
        stack = new int[3 * automaton.size() + 1];
        table = new int[width * 16];
        lineStart = clear();
    }

    /** Whether it has come to know that it takes longer than a search without it; then it finds a match everywhere. */
    boolean useless() {
        return useless;
    }

    /**
     * The first place where a line turns out to match, or -1: somewhere from its beginning to its newline or the end.
     *
     * @param from where a line begins
     */
    int find(byte[] bytes, int from, int end) {
        if (useless || from >= end) {
            return from < end ? from : -1;
        }
        int[] rows = table;
        int[] columns = classes;
        int row = lineStart;
        int counted = from;
        for (int at = from; at < end; at++) {
            int next = rows[row + columns[bytes[at] & 0xFF]];
            if (next == row) {
                // Most bytes lead nowhere; a processor that has guessed so need not wait for the table.
                continue;
            }
            if (next == UNKNOWN) {
                scanned += at - counted;
                counted = at;
                next = fill(row, columns[bytes[at] & 0xFF]);
                rows = table;
            }
            if (next == FOUND) {
                return at;
            }
            row = next;
        }
        scanned += end - counted;
        return bytes[end - 1] != '\n' && endsWell(row) ? end : -1;
    }

    private boolean endsWell(int row) {
        int newline = classes[LineAutomaton.NEWLINE];
        int next = table[row + newline];
        return (next == UNKNOWN ? fill(row, newline) : next) == FOUND;
    }

    /** Works out where a row leads with a byte of a class; the number of that row, or {@link #FOUND}. */
    private int fill(int row, int byteClass) {
        String name = names.get(row / width - 1);
        int sample = automaton.sample(byteClass);
        if (reach(name, sample)) {
            table[row + byteClass] = FOUND;
            return FOUND;
        }
        int next = sample == '\n' ? lineStart : row(step(sample));
        if (next != UNKNOWN) {
            table[row + byteClass] = next;
            return next;
        }
        useless |= scanned < (long) MAX_ROWS * LEAST_BYTES_A_ROW;
        scanned = 0;
        String target = step(sample);
        lineStart = clear();
        return row(target);
    }

    /** Gathers the states that can be had without a byte before the sample comes; whether a match is among them. */
    private boolean reach(String name, int sample) {
        reached.clear();
        walked.clear();
        int top = 0;
        for (int i = 1; i < name.length(); i++) {
            stack[top++] = name.charAt(i);
        }
        stack[top++] = automaton.start();
        while (top > 0) {
            int state = stack[--top];
            if (walked.get(state)) {
                continue;
            }
            walked.set(state);
            switch (automaton.kind(state)) {
                case ACCEPT -> {
                    return true;
                }
                case BYTE -> reached.set(state);
                case FORK -> {
                    stack[top++] = automaton.next(state);
                    stack[top++] = automaton.other(state);
                }
                case LOOK -> {
                    if (holds(automaton.look(state), name.charAt(0), sample)) {
                        stack[top++] = automaton.next(state);
                    }
                }
            }
        }
        return false;
    }

    /** A carriage return may be part of the line's end, so it counts as one. */
    private static boolean holds(LineAutomaton.Look look, char before, int sample) {
        boolean edge = (before == BEFORE_WORD) != LineAutomaton.isWord(sample);
        return switch (look) {
            case LINE_START -> before == BEFORE_LINE;
            case LINE_END -> sample == '\n' || sample == '\r';
            case WORD_EDGE -> edge;
            case NO_WORD_EDGE -> !edge;
        };
    }

    private String step(int sample) {
        BitSet after = new BitSet();
        reached.stream()
                .filter(state -> automaton.takes(state, sample))
                .forEach(state -> after.set(automaton.next(state)));
        StringBuilder name = new StringBuilder(after.cardinality() + 1);
        boolean word = automaton.looksAtWords() && LineAutomaton.isWord(sample);
        name.append(word ? BEFORE_WORD : BEFORE_OTHER);
        after.stream().forEach(state -> name.append((char) state));
        return name.toString();
    }

    /** The place of a row in the table, which gets it if it is new; {@link #UNKNOWN} when there is no more room. */
    private int row(String name) {
        Integer known = numbers.get(name);
        if (known != null) {
            return known;
        }
        if (names.size() == MAX_ROWS) {
            return UNKNOWN;
        }
        names.add(name);
        int row = names.size() * width;
        if (row + width > table.length) {
            table = Arrays.copyOf(table, Math.min(table.length * 4, (MAX_ROWS + 1) * width));
        }
        numbers.put(name, row);
        return row;
    }

    /** Forgets all rows but that of the beginning of a line, and returns its place. */
    private int clear() {
        numbers.clear();
        names.clear();
        Arrays.fill(table, UNKNOWN);
        return row(String.valueOf(BEFORE_LINE));
    }
}
