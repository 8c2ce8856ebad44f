package dev.agentws.metrics;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What is looked up rather than counted. The suppliers are called on any thread.
 *
 * @param open upgraded connections
 * @param unauthenticated those of them that owe a token
 * @param notUpgraded connections that still speak HTTP
 * @param sessions all of them
 * @param asleep those of them that only the journal has just now
 * @param toolsRunning tool calls and other work on workers
 * @param toolsWaiting what waits for a worker
 * @param loopTasks what waits on event loops
 * @param directBytes direct memory of the buffers' pool
 * @param journalBytes what waits to be written down, 0 where nothing is
 * @param draining 1 while no new work is taken
 */
public record Gauges(
        IntSupplier open,
        IntSupplier unauthenticated,
        IntSupplier notUpgraded,
        IntSupplier sessions,
        IntSupplier asleep,
        IntSupplier toolsRunning,
        IntSupplier toolsWaiting,
        LongSupplier loopTasks,
        LongSupplier directBytes,
        LongSupplier journalBytes,
        IntSupplier draining) {}
