/**
 * The client's socket
 *
 * <p>May import:  upgrade, origin, token, limits, frames to messages, dispatch, and the outbox that writes with back-pressure.:{@code protocol}, {@code agent}, Netty, Jackson, resilience4j, SLF4J.
 */
@NullMarked
package dev.agentws.websocket;

import org.jspecify.annotations.NullMarked;
