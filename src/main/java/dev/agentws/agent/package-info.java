/**
 * The domain: sessions, turns, the transcript, permissions and cost, and the ports through which the domain reaches the world
 * ({@link dev.agentws.agent.model.ModelClient}, {@link dev.agentws.agent.tool.ToolKit}). It knows neither sockets nor HTTP.
 *
 * <p>May import: {@code agent.*}, {@code journal}, the JDK, Netty's buffers and executors (netty-buffer, netty-common), Jackson, SLF4J.
 */
@NullMarked
package dev.agentws.agent;

import org.jspecify.annotations.NullMarked;
