/**
 * The fence around a session's directories, and the tools Read, Write, Edit and NotebookEdit.
 *
 * <p>May import: {@code agent}, {@code tools.call}, the JDK, SLF4J, Jackson, java-diff-utils, PDFBox.
 */
@NullMarked
package dev.agentws.tools.files;

import org.jspecify.annotations.NullMarked;
