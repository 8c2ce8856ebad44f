/**
 * Answers as bytes: the events of a message, their layout and the HTTP around them.
 *
 * <p>May import: {@code simulator.api}, Netty, Jackson.
 */
@NullMarked
package dev.agentws.simulator.wire;

import org.jspecify.annotations.NullMarked;
