package dev.agentws.websocket;

import dev.agentws.metrics.Instruments;
import java.util.function.LongSupplier;

/**
 * What stands behind the client's side. Immutable, shared by all connections.
 *
 * @param tokens who may come in
 * @param handlers what acts upon messages
 * @param agents behind {@code /agents}
 * @param status behind the status routes
 * @param pages further documents
 * @param instruments where connections are counted, and what an operator may read and turn
 * @param nanoTime the clock of deadlines and rates, as {@link System#nanoTime()}
 */
public record ConnectionServices(
        TokenCheck tokens,
        MessageHandlerFactory handlers,
        AgentDirectory agents,
        ServerStatus status,
        PageSource pages,
        Instruments instruments,
        LongSupplier nanoTime) {}
