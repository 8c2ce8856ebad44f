package dev.agentws.journal.files;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how a {@link FileJournal} writes. Immutable.
 *
 * @param directory made if it is missing; one server at a time
 * @param linger how long a writer waits for company after the first batch, to write more at once; zero: not at all
 * @param forceInterval at {@link Durability#FAST}: the most time between a write and its way to the disk
 * @param writers threads that write, each with a log of its own; a session always has the same one
 * @param segmentBytes size from which on a session's next batch goes to a new file
 * @param pendingBytes bytes waiting, over all sessions, from which on producers are told to stop
 * @param logBytes size from which on a writer's log makes way for the next; there are at most five, or nine while thousands of
 *     sessions are moved, which a start after a crash reads.
 *     Larger ones are written to the sessions' own files in larger pieces, each of which costs a sync
 */
public record FileJournalConfig(
        Path directory,
        Durability durability,
        Duration linger,
        Duration forceInterval,
        int writers,
        long segmentBytes,
        long pendingBytes,
        long logBytes) {
    private static final long LARGEST_MOVE = 1 << 20;
    private static final long MOVES_PER_LOG = 16;
    /** Half a minute by default: whoever pauses for less goes on in the log, and is moved with all it has said since. */
    private static final int RESTING_INTERVALS = 600;

    public FileJournalConfig {
        if (linger.isNegative() || linger.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("linger: " + linger + " (expected: zero to one second)");
        }
        if (forceInterval.isNegative() || forceInterval.isZero()) {
            throw new IllegalArgumentException("forceInterval: " + forceInterval + " (expected: above zero)");
        }
        requireAtLeast("writers", writers, 1);
        requireAtLeast("segmentBytes", segmentBytes, 1);
        requireAtLeast("pendingBytes", pendingBytes, 1);
        requireAtLeast("logBytes", logBytes, 1);
    }

    /** One writer; lingering 5 ms when fast, forced within 50 ms; 8 MiB segments, 8 MiB waiting, logs of 64 MiB. */
    public static FileJournalConfig defaults(Path directory, Durability durability) {
        boolean fast = durability == Durability.FAST;
        return new FileJournalConfig(
                directory,
                durability,
                Duration.ofMillis(fast ? 5 : 0),
                Duration.ofMillis(50),
                1,
                8 << 20,
                8 << 20,
                64 << 20);
    }

    /** Size from which on what a session has in the log is moved to its own file. */
    int moveBytes() {
        return (int) Math.min(LARGEST_MOVE, Math.max(1, logBytes / MOVES_PER_LOG));
    }

    /** How long a writer has nothing to do before it empties its log. */
    Duration restAfter() {
        return forceInterval.multipliedBy(RESTING_INTERVALS);
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
