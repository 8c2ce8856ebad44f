/**
 * Who may do what: permission modes, rules and their syntax, what a shell command would touch, hooks, and the decision over one tool
 * call. No threads and no sockets; what looks at the disk says so and runs on a tool worker.
 *
 * <p>May import: {@code agent.model}, {@code agent.tool}, the JDK, Jackson, RE2/J, SLF4J.
 */
@NullMarked
package dev.agentws.agent.permission;

import org.jspecify.annotations.NullMarked;
