package dev.agentws.agent;

import dev.agentws.agent.model.ModelClient;
import dev.agentws.agent.record.SessionRecords;
import dev.agentws.agent.tool.ToolKit;
import io.netty.buffer.ByteBufAllocator;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * What every session needs from outside. Immutable; its parts are thread-safe.
 *
 * @param clock for the times that clients see
 * @param nanoTime for durations
 * @param records where sessions are written down
 */
public record SessionServices(
        AgentSettings settings,
        ModelClient models,
        ToolKit tools,
        Workers workers,
        IdSource ids,
        InstantSource clock,
        LongSupplier nanoTime,
        ByteBufAllocator allocator,
        SessionRecords records) {

    /** Without anything being written down. */
    public SessionServices(
            AgentSettings settings,
            ModelClient models,
            ToolKit tools,
            Workers workers,
            IdSource ids,
            InstantSource clock,
            LongSupplier nanoTime,
            ByteBufAllocator allocator) {
        this(settings, models, tools, workers, ids, clock, nanoTime, allocator, SessionRecords.NONE);
    }

    /** How much of what it has said a session keeps in memory. */
    long maxLogBytes() {
        return records.heldBytes(settings.maxLogBytes());
    }

    /** Threads on which tools may block. */
    @FunctionalInterface
    public interface Workers {
        /**
         * Runs a task soon.
         *
         * @return a handle whose {@code cancel(true)} interrupts the task
         * @throws RejectedExecutionException when there is more to do than the pool takes
         */
        Future<?> submit(Runnable task);
    }
}
