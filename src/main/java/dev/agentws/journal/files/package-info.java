/**
 * The journal in files: a directory per session with segments of checked JSON lines.
 *
 * <p>May import: {@code journal}, the JDK, SLF4J.
 */
@NullMarked
package dev.agentws.journal.files;

import org.jspecify.annotations.NullMarked;
