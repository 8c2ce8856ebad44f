/**
 * What a session writes down, and what can be read from it again: the frames it has shown, and all that it needs to go on.
 *
 * <p>May import: {@code journal}, {@code agent.model}, {@code agent.event}, {@code agent.options}, {@code agent.permission}, Jackson,
 * Netty's buffers, SLF4J.
 */
@NullMarked
package dev.agentws.agent.record;

import org.jspecify.annotations.NullMarked;
