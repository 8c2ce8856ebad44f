package dev.agentws.anthropic.stream;

/**
 * What one streamed answer may cost us. Immutable.
 *
 * @param maxEventBytes the largest single event; results of server tools come whole and can be some megabytes
 * @param maxBlocks the most content blocks of one message
 * @param maxTotalBytes the most bytes of the whole body, line ends and padding included
 */
public record StreamLimits(int maxEventBytes, int maxBlocks, long maxTotalBytes) {
    /** Room for every answer seen so far, and an end to every endless one. */
    public static final StreamLimits DEFAULT = new StreamLimits(16 << 20, 10_000, 256L << 20);

    private static final int LEAST_EVENT_BYTES = 1024;

    /** An event may grow to six times its size while it is escaped anew, and must still fit a buffer. */
    private static final int MOST_EVENT_BYTES = 256 << 20;

    public StreamLimits {
        if (maxEventBytes < LEAST_EVENT_BYTES || maxEventBytes > MOST_EVENT_BYTES) {
            throw new IllegalArgumentException("maxEventBytes: " + maxEventBytes + " (expected: " + LEAST_EVENT_BYTES
                    + " to " + MOST_EVENT_BYTES + ")");
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
