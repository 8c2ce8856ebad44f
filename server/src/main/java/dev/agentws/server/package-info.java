/**
 * The program around the library: the command line, the settings and where they come from, the key file, and the words printed
 * at the start.
 *
 * <p>May import: everything of the library, Netty, picocli, dotenv-java, Logback.
 */
@NullMarked
package dev.agentws.server;

import org.jspecify.annotations.NullMarked;
