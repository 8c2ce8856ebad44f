/**
 * A client of the server for Java programs: connect, create or resume sessions, prompt, answer questions, and come back after a cut with
 * nothing lost or doubled.
 *
 * <p>May import: Netty, Jackson. It shares no code with the server, so that a program can use it against any server of the protocol.
 */
@NullMarked
package dev.agentws.client;

import org.jspecify.annotations.NullMarked;
