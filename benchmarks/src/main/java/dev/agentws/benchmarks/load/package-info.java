/**
 * The load harness: starts servers, drives them with many streams, checks every delta, reads their cost from outside.
 *
 * <p>May import: {@code simulator}, {@code benchmarks.chaos}, {@code benchmarks.report}, Netty, Jackson, HdrHistogram.
 */
@NullMarked
package dev.agentws.benchmarks.load;

import org.jspecify.annotations.NullMarked;
