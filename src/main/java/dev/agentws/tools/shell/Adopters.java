package dev.agentws.tools.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The processes that get the children of a command that has ended: the kernel hands an orphan to the first process of the machine, or
 * to a nearer one that asked for it, and always to one this server descends from. Whoever is left of a command, however it hides, has
 * such an orphan at the top of its line. So if none of them has got a new child, nobody is left, and that takes a few files to find out
 * instead of two of every process of the machine. Immutable.
 */
final class Adopters {
    /** In a longer time the kernel may run through all its numbers, and a new child have that of an old one. */
    private static final long TRUSTED_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final int MAX_GENERATIONS = 64;

    private final List<Long> pids;
    private final Set<Long> children;
    private final long since;

    private Adopters(List<Long> pids, Set<Long> children, long since) {
        this.pids = pids;
        this.children = children;
        this.since = since;
    }

    /** What they have before a command starts; null when the system does not tell. */
    static @Nullable Adopters before() {
        long since = System.nanoTime();
        List<Long> pids = new ArrayList<>();
        long pid = ProcessHandle.current().pid();
        while (pid > 0) {
            Stat stat = Stat.read(pid);
            if (stat == null || pids.size() == MAX_GENERATIONS) {
                return null;
            }
            pids.add(pid);
            pid = stat.parent();
        }
        Set<Long> children = children(pids);
        return children == null ? null : new Adopters(pids, children, since);
    }

    /** Whether they certainly got nobody since then. Twice, because a list may lack an entry while another one goes away. */
    boolean gotNobody() {
        for (int look = 0; look < 2; look++) {
            Set<Long> now = children(pids);
            if (now == null || !children.containsAll(now)) {
                return false;
            }
        }
        return System.nanoTime() - since < TRUSTED_NANOS;
    }

    private static @Nullable Set<Long> children(List<Long> pids) {
        Set<Long> children = new HashSet<>();
        try {
            for (long pid : pids) {
                // Orphans go to the first thread. This server's own commands are children of others.
                String list = new String(Proc.read(pid, "task/" + pid + "/children"), StandardCharsets.US_ASCII);
                for (String child : list.split(" ", -1)) {
                    if (!child.isBlank()) {
                        children.add(Long.valueOf(child.strip()));
                    }
                }
            }
        } catch (IOException | NumberFormatException untold) {
            return null;
        }
        return children;
    }
}
