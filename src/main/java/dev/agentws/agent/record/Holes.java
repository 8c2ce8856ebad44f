package dev.agentws.agent.record;

import dev.agentws.journal.Entry;
import java.util.ArrayList;
import java.util.List;

/** The numbers that the holes in a session's book keep free, see {@link Entry#HOLE}. Filled by one thread, then read by another. */
public final class Holes {
    private final List<Hole> all = new ArrayList<>(0);

    /** From the number after that of the frame before it to its own. */
    private record Hole(long before, long last) {}

    void add(long before, long last) {
        all.add(new Hole(before, last));
    }

    /** Where one goes on who has seen all up to this number: there, or behind the hole that begins there or that it lies in. */
    public long behind(long seq) {
        long at = seq;
        for (Hole hole : all) {
            if (hole.before <= at && at < hole.last) {
                at = hole.last;
            }
        }
        return at;
    }
}
