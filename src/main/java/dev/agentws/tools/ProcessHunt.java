package dev.agentws.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
    private static final int ROUNDS = 400;
    private static final long PAUSE_NANOS = 5_000_000;

    private final Process leader;
    private final byte[] mark;
    private final Set<String> pipes;

    ProcessHunt(Process leader, String mark) {
        this.leader = leader;
        this.mark = mark.getBytes(StandardCharsets.UTF_8);
        pipes = Set.copyOf(pipes(leader.pid()));
    }

    /** Asks every process of the command to end. */
    void terminate() {
        find().forEach(ProcessHandle::destroy);
        leader.toHandle().destroy();
    }

    /** Ends every process of the command and returns when none is left. An interrupt is kept for later. */
    void kill() {
        // By its handle: the method of Process would also close the pipes, with output still in them.
        leader.toHandle().destroyForcibly();
        boolean interrupted = false;
        for (int round = 0; round < ROUNDS; round++) {
            List<ProcessHandle> left = find();
            if (left.isEmpty() && !leader.isAlive()) {
                break;
            }
            left.forEach(ProcessHandle::destroyForcibly);
            if (round == ROUNDS - 1) {
                LOG.warn("{} processes of a command could not be killed", left.size());
            }
            interrupted |= Thread.interrupted();
            LockSupport.parkNanos(PAUSE_NANOS);
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
            if (pid != self && pipes(pid).stream().anyMatch(pipes::contains)) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        });
    }

    private List<ProcessHandle> find() {
        List<ProcessHandle> found = new ArrayList<>();
        if (!Files.isDirectory(PROC)) {
            leader.descendants().forEach(found::add);
            return found;
        }
        Map<Long, Stat> alive = new HashMap<>();
        Set<Long> ours = new HashSet<>();
        eachProcess(pid -> {
            Stat stat = Stat.read(pid);
            if (stat != null && !stat.dead()) {
                alive.put(pid, stat);
                if (stat.session() == leader.pid() || pid == leader.pid() || marked(pid)) {
                    ours.add(pid);
                }
            }
        });
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Map.Entry<Long, Stat> entry : alive.entrySet()) {
                grew |= ours.contains(entry.getValue().parent()) && ours.add(entry.getKey());
            }
        }
        ours.forEach(pid -> ProcessHandle.of(pid).ifPresent(found::add));
        return found;
    }

    private boolean marked(long pid) {
        try {
            byte[] environment = Files.readAllBytes(PROC.resolve(pid + "/environ"));
            return holds(environment);
        } catch (IOException goneOrForeign) {
            return false;
        }
    }

    private boolean holds(byte[] environment) {
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

    private static void eachProcess(Consumer<Long> action) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                action.accept(
                        Long.valueOf(Objects.requireNonNull(entry.getFileName()).toString()));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException failure) {
            LOG.warn("processes of a command cannot be looked for: {}", failure.toString());
        }
    }
}
