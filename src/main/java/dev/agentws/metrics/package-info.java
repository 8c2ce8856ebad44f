/**
 * What is counted while the server runs, without knowing who looks at it. The counters are plain objects, so that the rooms that count
 * pay next to nothing and nothing of a metrics library is loaded before somebody scrapes. Imports only the JDK and Netty's executors.
 */
@NullMarked
package dev.agentws.metrics;

import org.jspecify.annotations.NullMarked;
