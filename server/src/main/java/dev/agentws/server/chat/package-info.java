/**
 * The terminal client: what {@code agentws chat} shows, asks and sends. Stands on {@code dev.agentws.client}, and knows JLine in one
 * class only, so that nothing of it is loaded for anything else.
 */
@NullMarked
package dev.agentws.server.chat;

import org.jspecify.annotations.NullMarked;
