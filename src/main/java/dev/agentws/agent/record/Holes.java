package dev.agentws.agent.record;

import dev.agentws.journal.Entry;
import java.util.ArrayList;
import java.util.List;

/** The numbers that the holes in a session's book keep free, see {@link Entry#HOLE}. Filled by one thread, then read by another. */
public final class Holes {
    /**
     * More than can be lost: what waits to be written, or forced, is bounded in bytes, and each number costs some; only a session that runs
     * on for a day at a thousand a second, with a disk that takes nothing at all, comes near. And so few that 90 million of them are below
     * 2^53, where JavaScript ends to count.
     */
    private static final long LENGTH = 100_000_000;

    private final List<Hole> all = new ArrayList<>(0);
    private long rest = -1;

    /** From the number after that of the frame before it to its own. */
    private record Hole(long before, long last) {}

    /** Whether a book that ends with this number says that nobody has seen more: by a hole, or because its session was at rest. */
    boolean closedAt(long seq) {
        return seq == rest || all.stream().anyMatch(hole -> hole.last == seq);
    }

    /**
     * Leaves one behind a book that was cut short at this number.
     *
     * @return false where nothing more was shown: behind a hole, or a rest, that is so until it is on the disk
     */
    boolean leave(long seq) {
        if (closedAt(seq)) {
            return false;
        }
        add(seq, seq + LENGTH);
        return true;
    }

    /** The session was at rest behind this number. */
    void rest(long seq) {
        rest = seq;
    }

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
