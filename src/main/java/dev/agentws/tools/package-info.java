/**
 * The built-in tools, their workers and the fence around a session's working directory.
 *
 * <p>May import: {@code agent}, the JDK, Jackson, RE2/J, SLF4J.
 */
@NullMarked
package dev.agentws.tools;

import org.jspecify.annotations.NullMarked;
