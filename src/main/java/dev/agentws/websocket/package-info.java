/**
 * The client's socket: upgrade, origin, token, limits, frames to messages, dispatch, and the outbox that writes with back-pressure.
 *
 * <p>May import: {@code protocol}, {@code agent}, {@code metrics}, Netty, Jackson, resilience4j, SLF4J.
 */
@NullMarked
package dev.agentws.websocket;

import org.jspecify.annotations.NullMarked;
