/**
 * What the program does right after its start so that the first clients meet compiled code.
 *
 * <p>May import: the library, Logback, SLF4J.
 */
@NullMarked
package dev.agentws.server.rehearsal;

import org.jspecify.annotations.NullMarked;
