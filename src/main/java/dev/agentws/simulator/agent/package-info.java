/**
 * The default agent: what it understands of a prompt, and what it answers.
 *
 * <p>May import: {@code simulator.api}, {@code simulator.wire}, Netty, Jackson.
 */
@NullMarked
package dev.agentws.simulator.agent;

import org.jspecify.annotations.NullMarked;
