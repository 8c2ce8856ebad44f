/**
 * The words spoken on the client's socket: client messages, error codes, close reasons, and their JSON.
 *
 * <p>May import: the JDK, Netty's buffers, Jackson.
 */
@NullMarked
package dev.agentws.protocol;

import org.jspecify.annotations.NullMarked;
