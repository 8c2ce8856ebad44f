/** Whole conversations over real sockets: the server with its upstream client against the simulator, whose every word a test gives. */
@NullMarked
package dev.agentws.conversation;

import org.jspecify.annotations.NullMarked;
