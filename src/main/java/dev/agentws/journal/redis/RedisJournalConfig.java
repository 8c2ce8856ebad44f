package dev.agentws.journal.redis;

import java.time.Duration;

/**
 * Where the journal lies and what a commit is worth. Immutable.
 *
 * @param url {@code redis://[[user:]password@]host[:port][/database]}, or {@code rediss://} for TLS
 * @param node this process among the nodes; another one at each start, else a new process could pass for a dead one
 * @param lease how long a session stays ours without word from us; renewed every third of it
 * @param replicas how many replicas must have a batch before it counts as committed; zero: the primary is enough
 * @param commandTimeout of a single command; a batch is then sent again, which does no harm
 * @param patience how long a batch is tried while Redis does not answer, before its book fails
 * @param pendingBytes bytes waiting, over all sessions, from which on producers are told to stop
 */
public record RedisJournalConfig(
        String url,
        String node,
        Duration lease,
        int replicas,
        Duration commandTimeout,
        Duration patience,
        long pendingBytes) {
    private static final int LONGEST_NODE = 64;

    public RedisJournalConfig {
        if (node.isEmpty() || node.length() > LONGEST_NODE || node.indexOf(':') >= 0) {
            throw new IllegalArgumentException("node: " + node + " (expected: 1 to 64 characters without a colon)");
        }
        requirePositive("lease", lease);
        requirePositive("commandTimeout", commandTimeout);
        requirePositive("patience", patience);
        if (replicas < 0) {
            throw new IllegalArgumentException("replicas: " + replicas + " (expected: at least 0)");
        }
        if (pendingBytes < 1) {
            throw new IllegalArgumentException("pendingBytes: " + pendingBytes + " (expected: at least 1)");
        }
    }

    /** Lease 5 s, no replica, 2 s a command, 30 s of patience, 8 MiB waiting. */
    public static RedisJournalConfig defaults(String url, String node) {
        return new RedisJournalConfig(
                url, node, Duration.ofSeconds(5), 0, Duration.ofSeconds(2), Duration.ofSeconds(30), 8 << 20);
    }

    /**
     * How long after it was renewed a session is certainly ours. Redis counts the lease from when it hears of it, which is later, so what is
     * left of it is for clocks that run apart, and for ending what runs.
     */
    Duration certain() {
        return lease.multipliedBy(3).dividedBy(4);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.toMillis() < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least a millisecond)");
        }
    }

    /** The password is in the URL. */
    @Override
    public String toString() {
        return "RedisJournalConfig[node=" + node + ", lease=" + lease + ", replicas=" + replicas + "]";
    }
}
