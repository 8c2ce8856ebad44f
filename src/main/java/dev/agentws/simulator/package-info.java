/**
 * A stand-in for the Messages API, the same on the wire as the real one, scriptable and gated; for demos, tests and load.
 *
 * <p>May import: its own sub-packages, Netty, Jackson, SLF4J.
 */
@NullMarked
package dev.agentws.simulator;

import org.jspecify.annotations.NullMarked;
