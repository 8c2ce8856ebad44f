/**
 * What a delta costs.
 *
 * <p>May import: {@code benchmarks.jmh}, {@code benchmarks.load}.
 */
@NullMarked
package dev.agentws.benchmarks;

import org.jspecify.annotations.NullMarked;
