/**
 * The upstream: model calls, their attempts, failures and retries.
 *
 * <p>May import: {@code agent}, its own sub-packages, Netty, Jackson, SLF4J.
 */
@NullMarked
package dev.agentws.anthropic;

import org.jspecify.annotations.NullMarked;
