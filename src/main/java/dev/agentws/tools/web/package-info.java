/**
 * The tool WebFetch: which addresses may be gone to, one page over HTTP, and the page as text.
 *
 * <p>May import: {@code agent.model}, {@code agent.tool}, {@code tools.call}, the JDK, Jackson, Netty, jsoup.
 */
@NullMarked
package dev.agentws.tools.web;

import org.jspecify.annotations.NullMarked;
