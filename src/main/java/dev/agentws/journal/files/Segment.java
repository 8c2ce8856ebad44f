package dev.agentws.journal.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One file of a session's lines, whose name says where it begins.
 *
 * @param firstEntry how many entries the segments before it have
 * @param firstSeq the number of its first entry
 */
record Segment(long firstEntry, long firstSeq) implements Comparable<Segment> {
    private static final Pattern NAME = Pattern.compile("(\\d{12,18})-(\\d{12,18})\\.jsonl");

    /** @return null when the name is no segment's */
    static @Nullable Segment parse(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? new Segment(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))
                : null;
    }

    String fileName() {
        return padded(firstEntry) + "-" + padded(firstSeq) + ".jsonl";
    }

    /** Padded for people who list the directory. */
    private static String padded(long number) {
        String digits = Long.toString(number);
        return "0".repeat(Math.max(0, 12 - digits.length())) + digits;
    }

    @Override
    public int compareTo(Segment other) {
        return Long.compare(firstEntry, other.firstEntry);
    }
}
