/** The contract that every journal keeps. */
@NullMarked
package dev.agentws.journal;

import org.jspecify.annotations.NullMarked;
