/**
 * The tools Bash, BashOutput and KillShell: commands with their sandbox, environment, pipes and time limits, and the hunt for every
 * process they leave.
 *
 * <p>May import: {@code agent.model}, {@code agent.tool}, {@code tools.call}, {@code tools.files}, the JDK, RE2/J, SLF4J.
 */
@NullMarked
package dev.agentws.tools.shell;

import org.jspecify.annotations.NullMarked;
