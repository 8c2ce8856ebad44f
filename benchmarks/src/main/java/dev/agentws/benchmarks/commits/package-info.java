/** What the journals commit: records a second, and how long a batch takes. */
@NullMarked
package dev.agentws.benchmarks.commits;

import org.jspecify.annotations.NullMarked;
