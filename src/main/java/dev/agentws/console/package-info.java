/**
 * The console: the page that a browser gets at {@code /}, with its scripts and styles.
 *
 * <p>May import: {@code websocket}.
 */
@NullMarked
package dev.agentws.console;

import org.jspecify.annotations.NullMarked;
