/**
 * Grep over a large tree beside ripgrep.
 *
 * <p>May import: {@code tools}, {@code agent.tool}, Jackson, {@code benchmarks.report}.
 */
@NullMarked
package dev.agentws.benchmarks.search;

import org.jspecify.annotations.NullMarked;
