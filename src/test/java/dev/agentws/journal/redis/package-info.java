/** The journal in Redis, with a Redis of its own where the machine has one. */
@NullMarked
package dev.agentws.journal.redis;

import org.jspecify.annotations.NullMarked;
