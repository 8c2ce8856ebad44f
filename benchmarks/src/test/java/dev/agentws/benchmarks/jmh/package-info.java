/** Tests of the microbenchmarks' report. */
@NullMarked
package dev.agentws.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
