package dev.agentws.anthropic;

/**
 * What one streamed answer may cost us. Immutable.
 *
 * @param maxEventBytes the largest single event; results of server tools come whole and can be some megabytes
 * @param maxBlocks the most content blocks of one message
 * @param maxTotalBytes the most bytes of the whole body, line ends and padding included
 */
record StreamLimits(int maxEventBytes, int maxBlocks, long maxTotalBytes) {
    /** Room for every answer seen so far, and an end to every endless one. */
    static final StreamLimits DEFAULT = new StreamLimits(16 << 20, 10_000, 256L << 20);

    StreamLimits {
        if (maxEventBytes < 1024) {
            throw new IllegalArgumentException("maxEventBytes: " + maxEventBytes + " (expected: at least 1024)");
        }
        if (maxBlocks < 1) {
            throw new IllegalArgumentException("maxBlocks: " + maxBlocks + " (expected: at least 1)");
        }
        if (maxTotalBytes < maxEventBytes) {
            throw new IllegalArgumentException(
                    "maxTotalBytes: " + maxTotalBytes + " (expected: at least maxEventBytes, " + maxEventBytes + ")");
        }
    }
}
