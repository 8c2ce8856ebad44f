/**
 * Which requests the API refuses, and in which words.
 *
 * <p>May import: {@code simulator.api}, Netty codecs, Jackson.
 */
@NullMarked
package dev.agentws.simulator.rules;

import org.jspecify.annotations.NullMarked;
