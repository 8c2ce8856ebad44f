/**
 * What the simulator knows of the API: its models, errors, ids, tokens and prompt cache.
 *
 * <p>May import: Netty buffers, Jackson.
 */
@NullMarked
package dev.agentws.simulator.api;

import org.jspecify.annotations.NullMarked;
