/** Tests of the terminal client. */
@NullMarked
package dev.agentws.server.chat;

import org.jspecify.annotations.NullMarked;
