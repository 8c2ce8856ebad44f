/**
 * The event stream of an answer, read byte by byte and told to a model listener.
 *
 * <p>May import: {@code agent.model}, Netty buffers, Jackson, SLF4J.
 */
@NullMarked
package dev.agentws.anthropic.stream;

import org.jspecify.annotations.NullMarked;
