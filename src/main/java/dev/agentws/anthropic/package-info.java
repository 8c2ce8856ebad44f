/**
 * The upstream socket
 *
 * <p>May import:  connection pool, request writer, response and SSE decoders, event reader, retries.:{@code agent}, Netty, Jackson, SLF4J.
 */
@NullMarked
package dev.agentws.anthropic;

import org.jspecify.annotations.NullMarked;
