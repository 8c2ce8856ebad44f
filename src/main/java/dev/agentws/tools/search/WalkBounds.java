package dev.agentws.tools.search;

import java.time.Duration;

/** Where a walk through a tree stops. Immutable. */
public interface WalkBounds {
    /** Files and directories looked at. */
    int maxEntries();

    /** Directories below the start; each level holds one open file handle. */
    int maxDepth();

    /** From the walk's start on. */
    Duration maxDuration();
}
