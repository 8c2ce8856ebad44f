/**
 * The tools Glob and Grep: walks through the tree, patterns, ignore rules and the search of text.
 *
 * <p>May import: {@code agent}, {@code tools.call}, {@code tools.files}, the JDK, RE2/J.
 */
@NullMarked
package dev.agentws.tools.search;

import org.jspecify.annotations.NullMarked;
