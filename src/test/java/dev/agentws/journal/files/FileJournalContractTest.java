package dev.agentws.journal.files;

import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalContract;
import dev.agentws.journal.JournalException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract at both levels, with segments and open files so small that every test passes their bounds. */
final class FileJournalContractTest {
    @Nested
    final class Fast extends JournalContract {
        @Override
        protected Journal start() throws JournalException {
            return FileJournal.start(small(directory, Durability.FAST));
        }
    }

    @Nested
    final class Strict extends JournalContract {
        @Override
        protected Journal start() throws JournalException {
            return FileJournal.start(small(directory, Durability.STRICT));
        }
    }

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    static FileJournalConfig small(Path directory, Durability durability) {
        return new FileJournalConfig(
                directory, durability, Duration.ZERO, Duration.ofMillis(5), 2, 2_000, 8 << 20, 4_000);
    }
}
