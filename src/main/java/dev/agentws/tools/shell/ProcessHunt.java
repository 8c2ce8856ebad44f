package dev.agentws.tools.shell;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and ends every process of one command: its descendants, its session, and whatever carries its mark in the environment, or its
 * limit, or holds its output open, also when it moved to a session of its own. Thread-safe.
 */
final class ProcessHunt implements Hunt {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessHunt.class);

    private static final int MAX_ROUNDS = 1_000;
    private static final long PAUSE_NANOS = 2_000_000;

    /** Nothing must be found so many times in a row; in doubt, twice as often. */
    private static final int CALM_ROUNDS = 2;

    private final Process leader;
    private final byte[] mark;
    private final LimitMark limit;
    private final @Nullable Adopters adopters;
    private final Set<String> pipes;
    private final Instant started;

    /** @param adopters as they were before the command started; null to look at all processes at its end */
    ProcessHunt(Process leader, String mark, LimitMark limit, @Nullable Adopters adopters) {
        this.leader = leader;
        this.mark = mark.getBytes(StandardCharsets.UTF_8);
        this.limit = limit;
        this.adopters = adopters;
        started = leader.info().startInstant().orElse(Instant.MAX);
        pipes = Set.copyOf(Proc.pipes(leader.pid()));
    }

    /** Asks every process of the command to end. Those that it starts to tidy up are left alone. */
    @Override
    public void terminate() {
        if (Proc.present()) {
            new ProcessSweep(leader.pid(), mark, limit, ProcessHandle::destroy).once();
        } else {
            descendants(ProcessHandle::destroy);
        }
        leader.toHandle().destroy();
    }

    /** Ends every process of the command and returns when none is left. An interrupt is kept for later. */
    @Override
    public void kill() {
        // By its handle: the method of Process would also close the pipes, with output still in them.
        leader.toHandle().destroyForcibly();
        boolean interrupted = false;
        int calm = 0;
        for (int round = 1; calm < 2 * CALM_ROUNDS; round++) {
            ProcessSweep sweep = new ProcessSweep(leader.pid(), mark, limit, ProcessHandle::destroyForcibly);
            int found = killOnce(sweep);
            boolean none = found == 0 && !leader.isAlive();
            calm = none ? calm + (sweep.doubtful() ? 1 : 2) : 0;
            if (round == MAX_ROUNDS) {
                LOG.warn("{} processes of a command could not be killed", found);
                break;
            }
            if (calm < 2 * CALM_ROUNDS) {
                // A raised flag would end every pause at once.
                interrupted |= Thread.interrupted();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Others may have been left in the background. Mostly nobody was, and that is quickly seen. */
    @Override
    public void sweep() {
        if (leader.isAlive() || adopters == null || !adopters.gotNobody()) {
            kill();
        }
    }

    private int killOnce(ProcessSweep sweep) {
        if (!Proc.present()) {
            return descendants(ProcessHandle::destroyForcibly);
        }
        sweep.thoroughly();
        return sweep.found();
    }

    private int descendants(Consumer<ProcessHandle> action) {
        List<ProcessHandle> descendants = leader.descendants().toList();
        descendants.forEach(action);
        return descendants.size();
    }

    /** Ends processes that shed mark, session and parent, but still hold the command's output open. */
    @Override
    public void killPipeHolders() {
        if (pipes.isEmpty()) {
            return;
        }
        long self = ProcessHandle.current().pid();
        for (long pid : Proc.pids()) {
            Stat stat = Stat.read(pid);
            // Not our own children: one that is just being started holds copies of all our files for a moment.
            boolean foreign = pid != self && stat != null && stat.parent() != self;
            if (foreign && Proc.pipes(pid).stream().anyMatch(pipes::contains)) {
                ProcessHandle.of(pid).filter(this::isYounger).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    /** An older process is some server the command handed its output to, and not the command's to end. */
    private boolean isYounger(ProcessHandle process) {
        return !process.info().startInstant().orElse(Instant.MIN).isBefore(started);
    }
}
