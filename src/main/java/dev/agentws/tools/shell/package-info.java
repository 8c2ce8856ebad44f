/**
 * The tool Bash: commands with their environment, pipes and time limits, and the hunt for every process they leave.
 *
 * <p>May import: {@code agent}, {@code tools.call}, {@code tools.files}, the JDK, SLF4J.
 */
@NullMarked
package dev.agentws.tools.shell;

import org.jspecify.annotations.NullMarked;
