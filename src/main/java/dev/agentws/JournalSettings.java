package dev.agentws;

import dev.agentws.journal.End;
import dev.agentws.journal.files.Durability;
import dev.agentws.journal.files.FileJournalConfig;
import java.time.Duration;

/**
 * Where sessions are written down, so that they outlive the process. Immutable.
 *
 * @param files where and how
 * @param delay how long what happens may wait before it is handed to the journal; more makes fewer and larger writes
 * @param ended what becomes of the book of a session that ended
 * @param keepArchived how long after its last activity an archived session stays; zero: for ever
 * @param optional whether the server goes on in memory, with a warning, where the files cannot be had
 */
public record JournalSettings(
        FileJournalConfig files, Duration delay, End ended, Duration keepArchived, boolean optional) {
    public JournalSettings {
        if (delay.isNegative() || delay.compareTo(Duration.ofSeconds(10)) > 0) {
            throw new IllegalArgumentException("delay: " + delay + " (expected: zero to ten seconds)");
        }
    }

    /** Whether clients see only what is committed. */
    boolean commitFirst() {
        return files.durability() == Durability.STRICT;
    }
}
