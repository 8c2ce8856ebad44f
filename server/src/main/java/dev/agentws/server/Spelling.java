package dev.agentws.server;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the word that somebody may have meant. */
final class Spelling {
    /** A bit more than a slip of the finger; beyond it a suggestion is a guess. */
    private static final int FAR = 4;

    private Spelling() {}

    /** The known word nearest to {@code word}, if any is near. */
    static Optional<String> nearest(String word, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(candidate -> distance(word, candidate) <= FAR);
    }

    /** The least number of single letters to put in, take out or change to get from one to the other. */
    static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int change = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
                int other = Math.min(above[column], current[column - 1]) + 1;
                current[column] = Math.min(above[column - 1] + change, other);
            }
            above = current;
        }
        return above[to.length()];
    }
}
