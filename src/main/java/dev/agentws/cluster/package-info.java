/**
 * Sessions of several nodes that share a journal: who carries which on, what one asks of another, and who takes over from the dead.
 *
 * <p>May import: {@code agent}, {@code agent.record}, {@code journal}, Netty's executors, SLF4J.
 */
@NullMarked
package dev.agentws.cluster;

import org.jspecify.annotations.NullMarked;
