@NullMarked
package dev.agentws.benchmarks.chaos;

import org.jspecify.annotations.NullMarked;
