/** Tests of the program, run in this process. */
@NullMarked
package dev.agentws.server;

import org.jspecify.annotations.NullMarked;
