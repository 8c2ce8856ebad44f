/**
 * Model calls written as the Messages API takes them.
 *
 * <p>May import: {@code agent.model}, Netty buffers, Jackson.
 */
@NullMarked
package dev.agentws.anthropic.request;

import org.jspecify.annotations.NullMarked;
