package dev.agentws.websocket;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * What the status routes tell. The suppliers are called on event loops.
 *
 * @param version of the server
 * @param sessions how many there are now
 * @param draining whether the server is about to go, so that a load balancer looks elsewhere
 * @param cutOff whether it does not reach the store that it shares with other nodes, which may be better off
 */
public record ServerStatus(String version, IntSupplier sessions, BooleanSupplier draining, BooleanSupplier cutOff) {}
