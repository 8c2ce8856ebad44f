/**
 * The door to the model: a call, the stream that answers it, and the messages and blocks of the conversation.
 *
 * <p>May import: the JDK, Netty's buffers and executors, Jackson.
 */
@NullMarked
package dev.agentws.agent.model;

import org.jspecify.annotations.NullMarked;
