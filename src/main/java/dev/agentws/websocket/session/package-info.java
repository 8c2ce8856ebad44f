/**
 * What clients ask of sessions, and what they see of them: the dispatch of their messages and one subscription per client and session.
 *
 * <p>May import: {@code websocket}, {@code protocol}, {@code agent}, {@code metrics}, Netty, Jackson, SLF4J.
 */
@NullMarked
package dev.agentws.websocket.session;

import org.jspecify.annotations.NullMarked;
