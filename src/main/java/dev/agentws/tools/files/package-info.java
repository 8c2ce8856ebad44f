/**
 * The fence around a session's working directory, and the tools Read, Write and Edit inside it.
 *
 * <p>May import: {@code agent}, {@code tools.call}, the JDK, SLF4J.
 */
@NullMarked
package dev.agentws.tools.files;

import org.jspecify.annotations.NullMarked;
