package dev.agentws.journal.files;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how a {@link FileJournal} writes. Immutable.
 *
 * @param directory made if it is missing; one server at a time
 * @param linger how long a writer waits for company after the first batch, to write more at once; zero: not at all
 * @param forceInterval at {@link Durability#FAST}: the most time between a write and its way to the disk
 * @param writers threads that write; a session always has the same one. More of them make more syncs of the disk go side by side
 * @param segmentBytes size from which on a session's next batch goes to a new file
 * @param pendingBytes bytes waiting, over all sessions, from which on producers are told to stop
 * @param openFiles the most files kept open between two batches
 */
public record FileJournalConfig(
        Path directory,
        Durability durability,
        Duration linger,
        Duration forceInterval,
        int writers,
        long segmentBytes,
        long pendingBytes,
        int openFiles) {
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
        requireAtLeast("openFiles", openFiles, writers);
    }

    /** Lingering 5 ms when fast, forced within 50 ms; 4 writers when strict, 1 when fast; 8 MiB segments, 8 MiB waiting, 256 files. */
    public static FileJournalConfig defaults(Path directory, Durability durability) {
        boolean fast = durability == Durability.FAST;
        return new FileJournalConfig(
                directory,
                durability,
                Duration.ofMillis(fast ? 5 : 0),
                Duration.ofMillis(50),
                fast ? 1 : 4,
                8 << 20,
                8 << 20,
                256);
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
