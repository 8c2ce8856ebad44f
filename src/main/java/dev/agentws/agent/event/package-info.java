/**
 * What happens in a session, and the numbered log of it that late readers read.
 *
 * <p>May import: {@code agent.model}, {@code agent.tool}, {@code agent.permission}, the JDK, Netty's buffers.
 */
@NullMarked
package dev.agentws.agent.event;

import org.jspecify.annotations.NullMarked;
