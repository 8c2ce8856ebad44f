/**
 * The door to the tools: what a tool is asked, what it plans, what it answers.
 *
 * <p>May import: {@code agent.model}, the JDK, Jackson.
 */
@NullMarked
package dev.agentws.agent.tool;

import org.jspecify.annotations.NullMarked;
