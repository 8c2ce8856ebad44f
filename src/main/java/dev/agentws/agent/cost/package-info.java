/**
 * What model calls cost, and how long conversations may grow.
 *
 * <p>May import: {@code agent.model}, {@code agent.record}.
 */
@NullMarked
package dev.agentws.agent.cost;

import org.jspecify.annotations.NullMarked;
