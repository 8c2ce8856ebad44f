/**
 * Where sessions outlive their process: the port {@link dev.agentws.journal.Journal}, and a journal in memory. A journal keeps numbered
 * records in order and knows nothing about what they mean.
 *
 * <p>May import: the JDK, SLF4J.
 */
@NullMarked
package dev.agentws.journal;

import org.jspecify.annotations.NullMarked;
