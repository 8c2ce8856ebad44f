package dev.agentws.agent.event;

import org.jspecify.annotations.Nullable;

/** Who sets the pace of a session's turn: it goes no faster than its driver reads, nor than the disk takes it. Confined to the session's loop. */
public final class Wheel {
    private final Pace pace;
    private final EventLog log;
    private @Nullable SessionListener driver;
    private boolean driverSlow;
    private boolean diskSlow;

    /** Is told when the session has to wait, and when it may go on. */
    @FunctionalInterface
    public interface Pace {
        void changed(boolean paused);
    }

    /**
     * @param pace is told of each change
     * @param log where a driver who is slow reads what still comes: it keeps that
     */
    public Wheel(Pace pace, EventLog log) {
        this.pace = pace;
        this.log = log;
    }

    /** Gives it to somebody, or to nobody: then the turn goes at the model's speed. */
    public void give(@Nullable SessionListener next) {
        driver = next;
        log.keepForDriver(Long.MAX_VALUE);
        change(next != null && !next.ready(), diskSlow);
    }

    /** Nobody has it any more, if this one has. */
    public void takeFrom(SessionListener listener) {
        if (driver == listener) {
            give(null);
        }
    }

    /** Whether the turn waits for nobody who reads. */
    public boolean isFree() {
        return driver == null;
    }

    /** Whether it waits for this one. */
    public boolean isWith(SessionListener listener) {
        return driver == listener;
    }

    /**
     * The listener can, or cannot, take more just now.
     *
     * @param shown the number of the last event it has taken
     */
    public void ready(SessionListener listener, boolean ready, long shown) {
        if (driver == listener) {
            log.keepForDriver(ready ? Long.MAX_VALUE : shown + 1);
            change(!ready, diskSlow);
        }
    }

    /** What is shown can, or cannot, be written down fast enough. */
    public void diskSlow(boolean now) {
        change(driverSlow, now);
    }

    /** Whether the turn has to wait just now. */
    public boolean paused() {
        return driverSlow || diskSlow;
    }

    /** The session is over, and nobody is told of its pace any more. */
    public void drop() {
        driver = null;
        log.keepForDriver(Long.MAX_VALUE);
    }

    private void change(boolean driverNow, boolean diskNow) {
        boolean before = paused();
        driverSlow = driverNow;
        diskSlow = diskNow;
        if (before != paused()) {
            pace.changed(!before);
        }
    }
}
