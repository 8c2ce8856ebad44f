/**
 * Sessions under attack: real nodes, a real Redis, clients that check every frame, and a nemesis that kills, freezes, cuts and restarts;
 * and the same in slow motion for people to watch.
 */
@NullMarked
package dev.agentws.benchmarks.chaos;

import org.jspecify.annotations.NullMarked;
