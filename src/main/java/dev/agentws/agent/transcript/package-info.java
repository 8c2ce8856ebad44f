/**
 * A conversation as the model knows it: the messages that are sent again with each call, the answer that is being written, and what is
 * left of both when the conversation is cut short.
 *
 * <p>May import: {@code agent.model}, {@code agent.event}, {@code agent.options}, {@code agent.permission}, {@code agent.record},
 * {@code agent.tool}, the JDK, Netty's buffers, Jackson.
 */
@NullMarked
package dev.agentws.agent.transcript;

import org.jspecify.annotations.NullMarked;
