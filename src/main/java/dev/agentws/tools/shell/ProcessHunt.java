package dev.agentws.tools.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and ends every process of one command: its descendants, its session, and whatever carries its mark in the environment or
 * holds its output open, also when it moved to a session of its own. Thread-safe.
 */
final class ProcessHunt {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessHunt.class);

    private static final Path PROC = Path.of("/proc");
    private static final int MAX_ROUNDS = 1_000;
    private static final long PAUSE_NANOS = 2_000_000;

    /** In doubt, nothing must be found so many times. */
    private static final int CALM_ROUNDS = 4;

    /**
     * What one look at all processes found.
     *
     * @param unsure whether a process ended under way, which may have left a child, or showed no environment, as it does for a
     *     moment while it becomes another program
     */
    private record Sweep(int found, boolean unsure) {}

    private final Process leader;
    private final byte[] mark;
    private final Set<String> pipes;
    private final Instant started;

    ProcessHunt(Process leader, String mark) {
        this.leader = leader;
        this.mark = mark.getBytes(StandardCharsets.UTF_8);
        started = leader.info().startInstant().orElse(Instant.MAX);
        pipes = Set.copyOf(pipes(leader.pid()));
    }

    /** Asks every process of the command to end. */
    void terminate() {
        sweep(ProcessHandle::destroy);
        leader.toHandle().destroy();
    }

    /** Ends every process of the command and returns when none is left. An interrupt is kept for later. */
    void kill() {
        // By its handle: the method of Process would also close the pipes, with output still in them.
        leader.toHandle().destroyForcibly();
        boolean interrupted = false;
        int calm = 0;
        for (int round = 1; calm < CALM_ROUNDS; round++) {
            Sweep sweep = sweep(ProcessHandle::destroyForcibly);
            boolean none = sweep.found() == 0 && !leader.isAlive();
            calm = none ? calm + (sweep.unsure() ? 1 : CALM_ROUNDS) : 0;
            if (round == MAX_ROUNDS) {
                LOG.warn("{} processes of a command could not be killed", sweep.found());
                break;
            }
            if (calm < CALM_ROUNDS) {
                interrupted |= Thread.interrupted();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends processes that shed mark, session and parent, but still hold the command's output open. */
    void killPipeHolders() {
        if (pipes.isEmpty()) {
            return;
        }
        long self = ProcessHandle.current().pid();
        eachProcess(pid -> {
            Stat stat = Stat.read(pid);
            // Not our own children: one that is just being started holds copies of all our files for a moment.
            boolean foreign = pid != self && stat != null && stat.parent() != self;
            if (foreign && pipes(pid).stream().anyMatch(pipes::contains)) {
                ProcessHandle.of(pid).filter(this::isYounger).ifPresent(ProcessHandle::destroyForcibly);
            }
        });
    }

    /** An older process is some server the command handed its output to, and not the command's to end. */
    private boolean isYounger(ProcessHandle process) {
        return !process.info().startInstant().orElse(Instant.MIN).isBefore(started);
    }

    /** Acts on each process as soon as it is found: one that keeps handing over to a child is gone a moment later. */
    private Sweep sweep(Consumer<ProcessHandle> action) {
        if (!Files.isDirectory(PROC)) {
            List<ProcessHandle> descendants = leader.descendants().toList();
            descendants.forEach(action);
            return new Sweep(descendants.size(), false);
        }
        Map<Long, Stat> others = new HashMap<>();
        Set<Long> ours = new HashSet<>();
        boolean[] unsure = new boolean[1];
        eachProcess(pid -> {
            Stat stat = Stat.read(pid);
            if (stat == null || stat.dead()) {
                unsure[0] |= stat == null;
                return;
            }
            byte[] environment = environment(pid);
            if (stat.session() == leader.pid() || pid == leader.pid() || holdsMark(environment)) {
                ours.add(pid);
                ProcessHandle.of(pid).ifPresent(action);
            } else {
                others.put(pid, stat);
                unsure[0] |= environment.length == 0 && !stat.kernel();
            }
        });
        addDescendants(others, ours).forEach(pid -> ProcessHandle.of(pid).ifPresent(action));
        return new Sweep(ours.size(), unsure[0]);
    }

    /** Adds those among the others whose parents are ours, and returns them. */
    private static List<Long> addDescendants(Map<Long, Stat> others, Set<Long> ours) {
        List<Long> added = new ArrayList<>();
        int before = -1;
        while (before < added.size()) {
            before = added.size();
            others.forEach((pid, stat) -> {
                if (ours.contains(stat.parent()) && ours.add(pid)) {
                    added.add(pid);
                }
            });
        }
        return added;
    }

    /** Empty when it cannot be read. */
    private static byte[] environment(long pid) {
        try {
            return Files.readAllBytes(PROC.resolve(pid + "/environ"));
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

    /** The pipes among a process's standard output and errors, or among all its files for another process. */
    private static Set<String> pipes(long pid) {
        Set<String> pipes = new HashSet<>();
        try (Stream<Path> files = Files.list(PROC.resolve(pid + "/fd"))) {
            files.forEach(file -> {
                String target = target(file);
                if (target.startsWith("pipe:")) {
                    pipes.add(target);
                }
            });
        } catch (IOException | UncheckedIOException goneOrForeign) {
            return pipes;
        }
        return pipes;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    /** The youngest first: those that come and go fast must be looked at before they are gone. */
    private static void eachProcess(LongConsumer action) {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                pids.add(
                        Long.valueOf(Objects.requireNonNull(entry.getFileName()).toString()));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException failure) {
            LOG.warn("processes of a command cannot be looked for: {}", failure.toString());
        }
        pids.sort(Comparator.reverseOrder());
        pids.forEach(action::accept);
    }
}
