/**
 * What every built-in tool stands on: the input of a call field by field, and failures in words for the model.
 *
 * <p>May import: {@code agent}, the JDK, Jackson.
 */
@NullMarked
package dev.agentws.tools.call;

import org.jspecify.annotations.NullMarked;
