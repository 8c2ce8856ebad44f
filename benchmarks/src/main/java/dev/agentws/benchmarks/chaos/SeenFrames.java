package dev.agentws.benchmarks.chaos;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a client saw under each number of a session, to be held against what others saw. For one thread, until it grows no more. */
final class SeenFrames {
    private final NavigableMap<Long, String> frames = new TreeMap<>();
    private boolean gap;

    void put(long seq, String frame) {
        frames.put(seq, frame);
    }

    @Nullable
    String get(long seq) {
        return frames.get(seq);
    }

    /** The client was told that there are frames that it will never see, or that what it saw behind a number is lost. */
    void gap(long lastSeq) {
        gap = true;
        frames.tailMap(lastSeq, false).clear();
    }

    /**
     * Compares with what is there for somebody else.
     *
     * @param differs gets each number that stands for two things
     * @param gone gets each that stands for nothing any more, although nobody was told
     */
    void compare(SeenFrames other, List<String> differs, List<String> gone) {
        long last = other.frames.isEmpty() ? 0 : other.frames.lastKey();
        for (Map.Entry<Long, String> each : frames.headMap(last, true).entrySet()) {
            String there = other.frames.get(each.getKey());
            if (there != null && !there.equals(each.getValue())) {
                differs.add(each.getKey() + " was " + shorter(each.getValue()) + " and is " + shorter(there));
            } else if (there == null && !gap) {
                gone.add(each.getKey() + " was " + shorter(each.getValue()) + " and is not there");
            }
        }
    }

    private static String shorter(String frame) {
        return frame.substring(0, Math.min(120, frame.length())).strip();
    }
}
