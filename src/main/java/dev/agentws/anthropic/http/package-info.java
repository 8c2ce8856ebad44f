/**
 * HTTP/1.1 and HTTP/2 to one host: opens, pools, shares and reads connections; knows nothing of models.
 *
 * <p>May import: Netty, SLF4J.
 */
@NullMarked
package dev.agentws.anthropic.http;

import org.jspecify.annotations.NullMarked;
