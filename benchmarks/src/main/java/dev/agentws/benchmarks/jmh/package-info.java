/**
 * Microbenchmarks of the path of a delta, each beside what Jackson would do in its place.
 *
 * <p>May import: {@code agent}, {@code protocol}, the doors {@code anthropic.StreamParts} and {@code websocket.PieceFrames}, Netty,
 * Jackson, JMH, {@code benchmarks.report}.
 */
@NullMarked
package dev.agentws.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
