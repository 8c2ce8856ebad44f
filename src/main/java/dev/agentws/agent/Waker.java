package dev.agentws.agent;

import io.netty.util.concurrent.EventExecutor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Wakes sessions that sleep. Thread-safe; never blocks. */
public interface Waker {
    /** Where no session ever sleeps. */
    Waker NOBODY = (id, loop, then) -> then.accept(null);

    /** Why a session stays asleep. */
    enum Reason {
        /** As many are awake as may be. */
        FULL,
        /** Its book cannot be understood. */
        DAMAGED,
        /** It cannot be read just now. */
        UNAVAILABLE
    }

    /** @param text for people */
    record Failure(Reason reason, String text) {}

    /**
     * Wakes a session; one that is awake stays so. It may be gone, or asleep again, by the time somebody looks.
     *
     * @param loop on which it will live
     * @param then called once, on any thread, with why it could not be woken or null
     */
    void wake(String id, EventExecutor loop, Consumer<@Nullable Failure> then);
}
