/** The rules of the house as tests: the import rule, no leaked buffer, nothing that blocks an event loop. */
@NullMarked
package dev.agentws.quality;

import org.jspecify.annotations.NullMarked;
