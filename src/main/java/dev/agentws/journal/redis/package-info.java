/**
 * The journal in Redis, for several nodes: every append is fenced by the epoch of its owner and checked for its place, in one script.
 *
 * <p>May import: {@code journal}, Lettuce, Netty, the JDK, SLF4J.
 */
@NullMarked
package dev.agentws.journal.redis;

import org.jspecify.annotations.NullMarked;
