package dev.agentws.tools.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's groups that cap processes and memory of a session's commands, below the server's own. Unlike limits per user they hold
 * for root too. Immutable; its methods touch the disk.
 */
final class ControlGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ControlGroups.class);

    /** One place to make groups in, and what to write into each. */
    private record Parent(Path directory, List<Setting> settings) {}

    private record Setting(String file, String value, boolean must) {}

    private final List<Parent> parents;

    private ControlGroups(List<Parent> parents) {
        this.parents = parents;
    }

    /**
     * Finds out by trying whether groups can be made, and removes those of servers that were killed.
     *
     * @param mounted where the system has them, usually {@code /sys/fs/cgroup}
     * @param own what {@code /proc/self/cgroup} says
     * @return null when one of the two caps cannot be had
     */
    static @Nullable ControlGroups find(Path mounted, List<String> own, SandboxLimits limits, String name) {
        List<Setting> processes = List.of(new Setting("pids.max", "" + limits.maxProcesses(), true));
        ControlGroups old = new ControlGroups(List.of(
                new Parent(parent(mounted.resolve("pids"), path(own, "pids")), processes),
                new Parent(
                        parent(mounted.resolve("memory"), path(own, "memory")),
                        List.of(
                                new Setting("memory.limit_in_bytes", "" + limits.memoryBytes(), true),
                                new Setting("memory.memsw.limit_in_bytes", "" + limits.memoryBytes(), false)))));
        if (old.works(name)) {
            old.removeLeft();
            return old;
        }
        List<Setting> both = new ArrayList<>(processes);
        both.add(new Setting("memory.max", "" + limits.memoryBytes(), true));
        both.add(new Setting("memory.swap.max", "0", false));
        Path parent = parent(mounted, path(own, ""));
        delegate(parent);
        ControlGroups unified = new ControlGroups(List.of(new Parent(parent, both)));
        if (!unified.works(name)) {
            return null;
        }
        unified.removeLeft();
        return unified;
    }

    /**
     * Makes the groups of one session and gives the files a process of one thread writes 0 to in order to join. Where a thread can
     * join by itself it does: only then the kernel need not hold up the whole machine, which takes some milliseconds.
     */
    List<Path> open(String name) throws IOException {
        List<Path> doors = new ArrayList<>();
        for (Parent parent : parents) {
            Path group = Files.createDirectories(parent.directory.resolve(name));
            for (Setting setting : parent.settings) {
                write(group.resolve(setting.file), setting.value, setting.must);
            }
            Path own = group.resolve("tasks");
            doors.add(Files.exists(own) ? own : group.resolve("cgroup.procs"));
        }
        return doors;
    }

    /** Removes the groups of a session whose commands have ended. */
    void remove(String name) {
        for (Parent parent : parents) {
            try {
                Files.deleteIfExists(parent.directory.resolve(name));
            } catch (IOException failure) {
                LOG.warn("the control group of a session is left: {}", failure.toString());
            }
        }
    }

    /** The commands of a killed server end with it, so its groups are empty; one that is not cannot be removed. */
    private void removeLeft() {
        for (Parent parent : parents) {
            for (Path left : Leftovers.in(parent.directory)) {
                try {
                    Files.delete(left);
                    LOG.info("removed the control group {}, which a server that was killed had left", left);
                } catch (IOException failure) {
                    LOG.warn("a control group of a killed server is left: {}", failure.toString());
                }
            }
        }
    }

    private boolean works(String name) {
        for (Parent parent : parents) {
            if (!Files.isDirectory(parent.directory) || !Files.isWritable(parent.directory)) {
                return false;
            }
        }
        try {
            return open(name).stream().allMatch(Files::isWritable);
        } catch (IOException refused) {
            return false;
        } finally {
            remove(name);
        }
    }

    private static void delegate(Path parent) {
        try {
            if (Files.isWritable(parent.resolve("cgroup.subtree_control"))) {
                Files.writeString(parent.resolve("cgroup.subtree_control"), "+pids +memory");
            }
        } catch (IOException refused) {
            // The trial that follows finds the caps missing.
            LOG.debug("control groups are not to be had: {}", refused.toString());
        }
    }

    private static void write(Path file, String value, boolean must) throws IOException {
        if (must || Files.exists(file)) {
            Files.writeString(file, value);
        }
    }

    /** The server's own group; in a container that names a place of the host, the top of what is there. */
    private static Path parent(Path mounted, String path) {
        Path own = mounted.resolve(path.substring(1));
        return Files.isDirectory(own) ? own : mounted;
    }

    /** The path of this process in one hierarchy: lines are {@code number:controllers:path}. */
    private static String path(List<String> own, String controller) {
        for (String line : own) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && Stream.of(parts[1].split(",", -1)).anyMatch(controller::equals)) {
                return parts[2].isEmpty() ? "/" : parts[2];
            }
        }
        return "/";
    }
}
