package dev.agentws.tools.web;

import java.time.Duration;
import java.util.Set;

/** Where a look at the web stops. Immutable. */
public interface WebBounds {
    /** The ports that may be gone to; {@code http} becomes {@code https}, so 80 means 443. */
    Set<Integer> ports();

    /** The most bytes taken of one page, after decompression. */
    int maxBytes();

    /** For one page with all its redirects, the lookup of the name left out. */
    Duration maxDuration();

    /** How long a page may be handed out again without another look. */
    Duration cacheTime();

    /** How many chars of pages are kept for that at most. */
    long cacheChars();
}
