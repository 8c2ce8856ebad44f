package dev.agentws.tools.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One search for the processes of a command. A process that was listed can start a child and end before it is looked at, and the
 * child is in no listing yet. So whoever ended, or was ours, calls for one more listing, of which only the newcomers are looked at:
 * that is fast enough to catch up. Acts on each process as soon as it is found. Confined to one thread.
 */
final class ProcessSweep {
    private static final int MAX_LISTINGS = 20;

    private final long leader;
    private final byte[] mark;
    private final LimitMark limit;
    private final Consumer<ProcessHandle> action;
    private final Set<Long> ours = new HashSet<>();
    private final Map<Long, Stat> others = new HashMap<>();
    private final Set<Long> ended = new HashSet<>();
    private final Set<Long> blank = new HashSet<>();
    private boolean moved;

    /**
     * @param mark the variable that all processes of the command hold, as {@code NAME=value}
     * @param limit what also those hold that shed the variable
     */
    ProcessSweep(long leader, byte[] mark, LimitMark limit, Consumer<ProcessHandle> action) {
        this.leader = leader;
        this.mark = mark;
        this.limit = limit;
        this.action = action;
    }

    /** Looks at one listing only. */
    void once() {
        moved = false;
        Proc.pids().forEach(this::look);
        for (long pid : descendants()) {
            found(pid);
        }
    }

    /** Looks at listings until one holds nothing new. */
    void thoroughly() {
        once();
        for (int listings = 1; moved && listings < MAX_LISTINGS; listings++) {
            once();
        }
    }

    /** How many processes of the command were met. */
    int found() {
        return ours.size();
    }

    /**
     * Whether one may have been missed: things kept moving, or some process showed no environment, as it does for a moment while it
     * becomes another program.
     */
    boolean doubtful() {
        return moved || !blank.isEmpty();
    }

    private void look(long pid) {
        if (ours.contains(pid) || (others.containsKey(pid) && !blank.contains(pid))) {
            return;
        }
        Stat stat = Stat.read(pid);
        if (stat == null || stat.dead()) {
            // The dead that are not collected yet were seen to be dead only now: until a moment ago they could start
            // others.
            blank.remove(pid);
            moved |= ended.add(pid);
            return;
        }
        byte[] environment = environment(pid);
        if (stat.session() == leader || pid == leader || holdsMark(environment) || limit.isOn(pid)) {
            found(pid);
        } else if (environment.length > 0 || stat.kernel()) {
            blank.remove(pid);
            others.put(pid, stat);
        } else {
            moved |= blank.add(pid);
            others.put(pid, stat);
        }
    }

    private void found(long pid) {
        blank.remove(pid);
        ours.add(pid);
        moved = true;
        ProcessHandle.of(pid).ifPresent(action);
    }

    /** Those among the others that descend from ours. */
    private List<Long> descendants() {
        Set<Long> family = new HashSet<>(ours);
        List<Long> added = new ArrayList<>();
        int before = -1;
        while (before < added.size()) {
            before = added.size();
            others.forEach((pid, stat) -> {
                if (family.contains(stat.parent()) && family.add(pid)) {
                    added.add(pid);
                }
            });
        }
        return added;
    }

    /** Empty when it cannot be read. */
    private static byte[] environment(long pid) {
        try {
            return Proc.read(pid, "environ");
        } catch (IOException goneOrForeign) {
            return new byte[0];
        }
    }

    private boolean holdsMark(byte[] environment) {
        for (int start = 0; start + mark.length <= environment.length; ) {
            int end = start;
            while (end < environment.length && environment[end] != 0) {
                end++;
            }
            if (Arrays.equals(environment, start, end, mark, 0, mark.length)) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }
}
