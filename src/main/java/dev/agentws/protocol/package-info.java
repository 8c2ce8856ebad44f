/**
 * The words spoken on the client's socket
 *
 * <p>May import:  client messages, error codes, close reasons, and their JSON.:the JDK, Netty's buffers, Jackson.
 */
@NullMarked
package dev.agentws.protocol;

import org.jspecify.annotations.NullMarked;
