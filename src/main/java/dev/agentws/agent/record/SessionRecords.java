package dev.agentws.agent.record;

import dev.agentws.agent.event.EventLog;
import dev.agentws.journal.Book;
import dev.agentws.journal.Journal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where and how sessions are written down. Immutable; thread-safe.
 *
 * @param journal null when nothing is written down, and sessions end with the process
 * @param delay how long what happens may wait before it is handed to the journal
 */
public record SessionRecords(@Nullable Journal journal, FrameFormat format, Duration delay) {
    /** Nothing is written down. */
    public static final SessionRecords NONE = new SessionRecords(
            null,
            (id, seq, event) -> {
                throw new IllegalStateException("nothing is written down here");
            },
            Duration.ZERO);

    /** The recorder of a session whose log holds nothing yet that the book has not. */
    public Recorder recorder(Recorder.Home home, Book book, EventLog log) {
        return new Recorder(home, book, log, format, delay);
    }
}
