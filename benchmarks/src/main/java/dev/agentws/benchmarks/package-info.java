/**
 * What a delta costs.
 *
 * <p>May import: {@code benchmarks.jmh}, {@code benchmarks.load}, {@code benchmarks.search}.
 */
@NullMarked
package dev.agentws.benchmarks;

import org.jspecify.annotations.NullMarked;
