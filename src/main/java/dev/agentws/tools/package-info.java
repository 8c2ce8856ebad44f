/**
 * The built-in tools as one kit, their settings and their workers.
 *
 * <p>May import: {@code agent}, the packages below this one, the JDK.
 */
@NullMarked
package dev.agentws.tools;

import org.jspecify.annotations.NullMarked;
