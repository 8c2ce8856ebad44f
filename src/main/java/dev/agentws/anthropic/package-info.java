/**
 * The upstream socket: connection pool, request writer, response and event stream decoders, event reader, retries.
 *
 * <p>May import: {@code agent}, Netty, Jackson, SLF4J.
 */
@NullMarked
package dev.agentws.anthropic;

import org.jspecify.annotations.NullMarked;
