/** The front door. */
@NullMarked
package dev.agentws;

import org.jspecify.annotations.NullMarked;
