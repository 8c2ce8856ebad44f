/**
 * The upstream: model calls, their attempts, failures and retries.
 *
 * <p>May import: {@code agent.model}, its own sub-packages, Netty, Jackson, SLF4J.
 */
@NullMarked
package dev.agentws.anthropic;

import org.jspecify.annotations.NullMarked;
