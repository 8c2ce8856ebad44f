@NullMarked
package dev.agentws.benchmarks.load;

import org.jspecify.annotations.NullMarked;
