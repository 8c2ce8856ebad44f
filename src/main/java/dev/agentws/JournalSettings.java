package dev.agentws;

import dev.agentws.journal.End;
import dev.agentws.journal.files.Durability;
import dev.agentws.journal.files.FileJournalConfig;
import dev.agentws.journal.redis.RedisJournalConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where sessions are written down, so that they outlive the process: in files or in Redis, of which one is given. Immutable.
 *
 * @param files where and how in files
 * @param redis where and how in Redis, which several nodes share
 * @param delay how long what happens may wait before it is handed to the journal; more makes fewer and larger writes
 * @param ended what becomes of the book of a session that ended
 * @param keepArchived how long after its last activity an archived session stays; zero: for ever
 * @param hibernateAfter how long a session that nobody needs stays in memory; null: for ever
 * @param optional whether the server goes on in memory, with a warning, where the files cannot be had
 */
public record JournalSettings(
        @Nullable FileJournalConfig files,
        @Nullable RedisJournalConfig redis,
        Duration delay,
        End ended,
        Duration keepArchived,
        @Nullable Duration hibernateAfter,
        boolean optional) {
    public JournalSettings {
        if (delay.isNegative() || delay.compareTo(Duration.ofSeconds(10)) > 0) {
            throw new IllegalArgumentException("delay: " + delay + " (expected: zero to ten seconds)");
        }
        if ((files == null) == (redis == null)) {
            throw new IllegalArgumentException("files, redis: " + files + ", " + redis + " (expected: one of them)");
        }
        if (hibernateAfter != null && hibernateAfter.isNegative()) {
            throw new IllegalArgumentException("hibernateAfter: " + hibernateAfter + " (expected: at least zero)");
        }
    }

    public JournalSettings(
            FileJournalConfig files, Duration delay, End ended, Duration keepArchived, boolean optional) {
        this(files, null, delay, ended, keepArchived, null, optional);
    }

    public JournalSettings(RedisJournalConfig redis, Duration delay, End ended, Duration keepArchived) {
        this(null, redis, delay, ended, keepArchived, null, false);
    }

    /** The same with sessions that leave the memory when nobody has needed them for so long; null: never. */
    public JournalSettings withHibernation(@Nullable Duration after) {
        return new JournalSettings(files, redis, delay, ended, keepArchived, after, optional);
    }

    /** Whether clients see only what is committed: always where another node may take a session over. */
    boolean commitFirst() {
        return files == null || files.durability() == Durability.STRICT;
    }
}
