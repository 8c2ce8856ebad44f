package dev.agentws.tools.shell;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends a command in its sandbox. All its processes live below one that is the first of a name space: when that one ends the kernel
 * ends the others, and only then the sandbox's own process comes back. So nothing needs to be looked for, unless that fails.
 */
final class SandboxHunt implements Hunt {
    private static final long END_MILLIS = 1_000;
    private static final int TRIES = 20;

    private final Process outside;
    private final ProcessHunt thorough;

    /** @param thorough looks for the mark that all processes carry, the sandbox's own one included */
    SandboxHunt(Process outside, ProcessHunt thorough) {
        this.outside = outside;
        this.thorough = thorough;
    }

    /** Everybody but the first process, which ends with the command. */
    @Override
    public void terminate() {
        List<ProcessHandle> first = outside.children().toList();
        outside.descendants().filter(process -> !first.contains(process)).forEach(ProcessHandle::destroy);
    }

    @Override
    public void kill() {
        boolean interrupted = Thread.interrupted();
        for (int tries = 0; tries < TRIES && outside.isAlive(); tries++) {
            outside.children().forEach(ProcessHandle::destroyForcibly);
            try {
                if (outside.waitFor(END_MILLIS / TRIES, TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        thorough.kill();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void sweep() {
        if (outside.isAlive()) {
            kill();
        }
    }

    @Override
    public void killPipeHolders() {
        thorough.killPipeHolders();
    }
}
