/** What the tool Bash costs over a plain bash. */
@NullMarked
package dev.agentws.benchmarks.shell;

import org.jspecify.annotations.NullMarked;
